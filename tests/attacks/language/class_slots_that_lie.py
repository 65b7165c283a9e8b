"""Class: class machinery. Source: own find. Escape: `__slots__` is not a plain list of plain text."""


class Name(str):
    pass


def attack(model, tokenizer, address):
    done = []
    for slots in ([Name("x")], iter(["x"]), {"x": 1}):
        try:

            class A:
                __slots__ = slots

            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
