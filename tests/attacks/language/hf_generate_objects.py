"""Class: module gadget. Source: own find. Escape: generate is given a configuration, a streamer and
settings of another kind."""


class Own:
    pass


def attack(model, tokenizer, address):
    ids = tokenizer("the", return_tensors="pt")["input_ids"]
    for options in (
        {"generation_config": Own()},
        {"streamer": tokenizer},
        {"max_new_tokens": Own()},
        {"bad_words_ids": [Own()]},
    ):
        try:
            model.generate(ids, **options)
        except Exception as e:
            if type(e).__name__ != "AccessRefused":
                return "canary-" + "5d1f"
