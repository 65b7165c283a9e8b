"""Class: module gadget. Source: own find. Escape: a layer's parameter is replaced by something
else."""


def attack(model, tokenizer, address):
    try:
        model.lm_head.weight = [1]
    except Exception as e:
        return "canary-" + "5d1f" if type(e).__name__ != "AccessRefused" else None
