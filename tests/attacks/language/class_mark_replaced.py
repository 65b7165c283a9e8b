"""Class: class machinery. Source: own find. Escape: the mark by which the wall knows a technique's own
classes is read, replaced or deleted. Teeth: none, plain Python has no such mark."""

import operator


class A:
    pass


class B:
    pass


def attack(model, tokenizer, address):
    name = " " + "technique"
    done = []
    for way in (
        lambda: getattr(A, name),
        lambda: operator.attrgetter(name)(A),
        lambda: f"{{0.{name}}}".format(A),
        lambda: setattr(A, name, 1),
        lambda: delattr(B, name),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
