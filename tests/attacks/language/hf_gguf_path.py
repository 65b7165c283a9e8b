"""Class: deserialisation. Source: own find. Escape: from_pretrained reads a path of the attack's
choice.
"""


def attack(model, tokenizer, address):
    return type(model).from_pretrained.__func__.__globals__
