"""Class: module gadget. Source: own find. Escape: a name that a real layer's class defines is
replaced."""


def attack(model, tokenizer, address):
    model.state_dict = [1]
    return "canary-" + "5d1f"
