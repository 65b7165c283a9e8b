"""Class: module gadget. Source: own find. Escape: a layer is given a new attribute that libraries
ask for by name."""


class Own:
    pass


def attack(model, tokenizer, address):
    model.lm_head.hf_hook = Own()
    return "canary-" + "5d1f"
