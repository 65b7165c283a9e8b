"""Class: class machinery. Source: own find. Escape: classmethod objects' __func__ and __wrapped__."""

from datetime import datetime
import functools


@functools.lru_cache
def own():
    pass


def attack(model, tokenizer, address):
    return getattr(getattr(own, "__wrapped__"), "__glob" + "als__")
