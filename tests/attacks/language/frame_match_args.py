"""Class: pattern matching. Source: design rule 2. Escape: __match_args__ names gi_frame."""

from collections.abc import Generator


class G(Generator):
    __match_args__ = ("__globals__",)

    def send(self, v):
        pass

    def throw(self, *a):
        pass


def attack(model, tokenizer, address):
    class Any:
        __match_args__ = ("gi_frame",)

        @classmethod
        def __instancecheck__(cls, x):
            return True

    g = (x for x in [1])
    match g:
        case object(gi_frame=f):
            return f
    match attack:
        case G(g):
            return g
