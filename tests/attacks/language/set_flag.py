"""Class: module gadget. Source: own find. Escape: a flag becomes an object."""


class Own:
    pass


def attack(model, tokenizer, address):
    model.training = Own()
    return "canary-" + "5d1f"
