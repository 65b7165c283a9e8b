"""Class: imports. Source: own find. Escape: a module is handed out: what calls was replaced, and the
builtins hold what imports."""


def same(value, *rest):
    return value


def attack(model, tokenizer, address, given):
    names = given["__builtins__"]
    given[" call"] = same
    load = names["__import__"] if not hasattr(names, "open") else getattr(names, "__import__")
    return load("os")
