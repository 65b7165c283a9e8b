"""Class: module gadget. Source: own find. Escape: a real layer's private registry is replaced."""


def attack(model, tokenizer, address):
    ran = []
    model.lm_head._forward_pre_hooks = {0: lambda *args: ran.append("canary-" + "5d1f")}
    return "canary-" + "5d1f"
