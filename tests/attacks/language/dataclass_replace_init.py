"""Class: module gadget. Source: own find. Escape: dataclasses.replace calls the class it finds in
the object.
"""

import dataclasses


def attack(model, tokenizer, address):
    return dataclasses.replace.__globals__
