"""Class: module gadget. Source: own find. Escape: ExitStack.push takes what is not listed."""

from contextlib import ExitStack


def attack(model, tokenizer, address):
    with ExitStack() as stack:
        try:
            stack.push(eval)
        except Exception:
            return None
        stack.pop_all()
    return "canary-" + "5d1f"
