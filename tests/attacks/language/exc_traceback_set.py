"""Class: frames. Source: own find. Escape: contextlib sets an exception's traceback by the exception's own
__setattr__."""

import contextlib

found = []


class Own(Exception):
    def __setattr__(self, name, value):
        found.append(value)


class Ends:
    def __iter__(self):
        return self

    def __next__(self):
        raise Own


@contextlib.contextmanager
def block():
    yield 1


def attack(model, tokenizer, address):
    try:
        with block():
            list(Ends())
    except Own:
        pass
    return found
