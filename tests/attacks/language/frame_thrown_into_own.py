"""Class: frames. Source: own find. Escape: contextmanager throws what ended the block, traceback and all, into what
it takes for a generator."""

import contextlib

thrown = []


class Own:
    def __next__(self):
        return 1

    def throw(self, *given):
        thrown.extend(given)
        raise ValueError


def attack(model, tokenizer, address):
    try:
        with contextlib.contextmanager(Own)():
            raise ValueError
    except ValueError:
        pass
    return thrown
