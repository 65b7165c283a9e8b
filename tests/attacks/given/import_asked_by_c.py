"""Class: imports. Source: own find. Escape: a namespace is handed out: C code asks the builtins for
`__import__` and hands it the globals. Teeth: none, what it is handed is what it was given."""

import time

told = []


def load(name, *rest):
    told.extend(rest)
    return load


def attack(model, tokenizer, address, given):
    given["__builtins__"]["__import__"] = load
    time.strptime("2020", "%Y")
    return [each.get("__import__") for each in told if type(each) is dict]
