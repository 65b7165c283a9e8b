"""Class: frames. Source: own find. Escape: ExitStack.push hands a traceback to a plain function."""

from contextlib import ExitStack


def attack(model, tokenizer, address):
    seen = []

    def leave(kind, value, trace):
        seen.append(trace)
        return True

    with ExitStack() as stack:
        stack.push(leave)
        1 / 0
    return seen
