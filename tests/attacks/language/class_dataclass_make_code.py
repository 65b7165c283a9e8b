"""Class: class machinery. Source: the standard library's source. Escape: make_dataclass writes
code from the names it is given.
"""

import dataclasses


def attack(model, tokenizer, address):
    made = dataclasses.make_dataclass(
        "Made", [("x", "int", dataclasses.field(default=1))], namespace={"__class__": 1}
    )
    return made.__init__.__globals__
