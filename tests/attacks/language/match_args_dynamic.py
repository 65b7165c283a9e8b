"""Class: pattern matching. Source: own find. Escape: __match_args__ is made at run time from
joined text.
"""


class Reader:
    __match_args__ = ("".join(["__glo", "bals__"]),)

    def __instancecheck__(self, other):
        return True


class Meta(type):
    def __instancecheck__(cls, other):
        return True


class Any_(metaclass=Meta):
    __match_args__ = ("__globals__",)


def attack(model, tokenizer, address):
    match attack:
        case Any_(found):
            return found
