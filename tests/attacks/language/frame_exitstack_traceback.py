"""Class: frames. Source: own find. Escape: ExitStack.push hands over a traceback whose frame is read."""

from contextlib import ExitStack


def attack(model, tokenizer, address):
    seen = []

    def leave(kind, value, trace):
        seen.append(trace)
        return True

    with ExitStack() as stack:
        stack.push(leave)
        1 / 0
    return seen[0].tb_frame
