"""Class: class machinery. Source: own find. Escape: a protocol's instance check reads attributes
by name.
"""

import typing


@typing.runtime_checkable
class Has(typing.Protocol):
    __globals__: dict


def attack(model, tokenizer, address):
    return attack.__globals__ if isinstance(attack, Has) else None
