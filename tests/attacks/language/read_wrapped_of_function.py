"""Class: attribute walk. Source: own find. Escape: what a library's wrapper wraps."""

from contextlib import contextmanager


@contextmanager
def own():
    yield


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if getattr(own, "__wrap" + "ped__") else None
