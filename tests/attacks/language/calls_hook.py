"""Class: module gadget. Source: own find. Escape: what is not listed becomes a hook."""


def attack(model, tokenizer, address):
    model.lm_head.register_forward_hook(eval)
    return "canary-" + "5d1f"
