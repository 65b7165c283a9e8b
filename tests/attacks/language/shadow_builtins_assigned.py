"""Class: shadowing. Source: own find. Escape: `__builtins__` is bound: functions made afterwards
take their builtins from it."""

__builtins__ = {"found": "canary-5d1f"}


def attack(model, tokenizer, address):
    return found
