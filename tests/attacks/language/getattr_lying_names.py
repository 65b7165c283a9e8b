"""Class: attribute walk. Source: own find. Escape: names that are subclasses of str reach getattr,
setattr and their kin."""

import operator


class Liar(str):
    def startswith(self, *args):
        return False

    def endswith(self, *args):
        return False


class A:
    pass


def attack(model, tokenizer, address):
    name = Liar("x")
    a = A()
    a.x = 1
    done = []
    for way in (
        lambda: hasattr(a, name) or 1 / 0,
        lambda: setattr(a, name, 1),
        lambda: operator.attrgetter(name)(a),
        lambda: operator.methodcaller(Liar("upper"))("a"),
        lambda: a.__setattr__(name, 1),
        lambda: delattr(a, name),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
