"""Class: descriptors. Source: own find. Escape: what stands in a class of Python's own for a place in its
objects is handed out, read in every way in which a class is read."""

from operator import attrgetter


class Number(int):
    @classmethod
    def above(cls):
        return super().real


class Failure(OSError):
    @classmethod
    def above(cls):
        return super(Failure, cls).errno


def attack(model, tokenizer, address):
    found = []
    for way in (
        lambda: complex.imag,
        lambda: getattr(range, "start"),
        lambda: attrgetter("stop")(slice),
        lambda: Number.numerator,
        lambda: Failure.strerror,
        Number.above,
        Failure.above,
        lambda: "{0.denominator}".format(int),
        lambda: vars(BaseException)["__context__"],
        lambda: AttributeError.name,
    ):
        try:
            found.append(way())
        except Exception:
            pass
    return found
