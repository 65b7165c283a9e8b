"""Class: imports. Source: own find. Escape: a file is read, by what the builtins hold to import
with."""


def attack(model, tokenizer, address, given):
    names = given["__builtins__"]
    load = names["__import__"] if not hasattr(names, "open") else getattr(names, "__import__")
    found = []
    for each in (lambda: load("os"), lambda: next(map(load, ["os"])), lambda: load("numpy")):
        try:
            found.append(each())
        except Exception:
            pass
    return found
