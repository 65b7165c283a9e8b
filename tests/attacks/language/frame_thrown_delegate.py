"""Class: frames. Source: own find. Escape: a library throws what ended a block into a generator, traceback and all,
and the generator hands it on to an object of the attack's own."""

import contextlib

import torch

thrown = []


class Own:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, *given):
        thrown.extend(given)
        raise ValueError


@contextlib.contextmanager
def block():
    yield from Own()


@torch.no_grad()
def steps():
    yield from Own()


def attack(model, tokenizer, address):
    try:
        with block():
            raise ValueError
    except ValueError:
        pass
    running = steps()
    next(running)
    try:
        running.throw(ValueError())
    except ValueError:
        pass
    return thrown
