"""Class: descriptors. Source: own find. Escape: the descriptor of a slot is handed out, by the class's name
or past it."""


class Slotted:
    __slots__ = ("x",)


class Below(Slotted):
    pass


def attack(model, tokenizer, address):
    found = []
    for way in (lambda: Slotted.x, lambda: super(Below, Below).x, lambda: getattr(Below, "x")):
        try:
            found.append(way())
        except Exception:
            pass
    return found
