"""Class: class machinery. Source: own find. Escape: a dataclass calls a factory with the library's
own eye.
"""

import dataclasses


@dataclasses.dataclass
class Made:
    x: object = dataclasses.field(default_factory=lambda: Made.__init__.__globals__)


def attack(model, tokenizer, address):
    return Made().x
