"""Class: frames. Source: own find. Escape: the context manager object holds the generator."""

from contextlib import contextmanager


@contextmanager
def own():
    yield


def attack(model, tokenizer, address):
    return own().gen.gi_frame
