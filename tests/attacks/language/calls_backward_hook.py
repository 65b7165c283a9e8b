"""Class: module gadget. Source: own find. Escape: what is not listed becomes a backward hook."""


def attack(model, tokenizer, address):
    model.lm_head.register_full_backward_hook(eval)
    return "canary-" + "5d1f"
