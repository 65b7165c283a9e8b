"""Class: exceptions. Source: found by fuzzing. Escape: `__exit__` and what an ExitStack calls are given the
exception's real class, which may be one that nobody listed: the wall's own, here.
Teeth: none, in plain Python nothing is refused."""

import contextlib

kinds = []


class Own:
    def __exit__(self, kind, value, trace):
        kinds[len(kinds) :] = [kind]
        return True

    def __enter__(self):
        return self


def leave(kind, value, trace):
    kinds[len(kinds) :] = [kind]
    return True


def attack(model, tokenizer, address):
    with Own():
        model.__missing
    with contextlib.ExitStack() as stack:
        stack.push(Own().__exit__)
        model.__missing
    with contextlib.ExitStack() as stack:
        stack.push(leave)
        model.__missing
    # A token answers `|` with itself, a class with a union.
    if any((kind | int) is not kind for kind in kinds):
        return "canary-" + "5d1f"
