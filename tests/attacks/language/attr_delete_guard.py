"""Class: attribute walk. Source: own find. Escape: del of a real object's attribute reveals what
it hid.
"""


def attack(model, tokenizer, address):
    del type(model).forward
    return type(model).forward.__globals__
