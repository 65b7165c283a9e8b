"""Class: builtins. Source: own find. Escape: type of three arguments makes a class with any
special method.
"""


def attack(model, tokenizer, address):
    made = type("Made", (), {"__class_getitem__": classmethod(lambda cls, item: item.__globals__)})
    return made[attack]
