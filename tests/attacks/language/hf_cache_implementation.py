"""Class: module gadget. Source: own find. Escape: generate makes a cache of a kind that imports a
library or starts threads."""


class Text(str):
    pass


def attack(model, tokenizer, address):
    ids = tokenizer("the", return_tensors="pt")["input_ids"]
    for kind in ("quantized", "offloaded", "offloaded_static", Text("quantized"), ["static"]):
        try:
            model.generate(ids, max_new_tokens=1, cache_implementation=kind)
        except Exception as e:
            if type(e).__name__ == "AccessRefused":
                continue
        return "canary-" + "5d1f"
