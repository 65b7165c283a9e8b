"""Class: module gadget. Source: own find. Escape: a token's text becomes an object."""


class Own(str):
    pass


def attack(model, tokenizer, address):
    tokenizer.pad_token = Own("<pad>")
    return "canary-" + "5d1f"
