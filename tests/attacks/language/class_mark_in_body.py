"""Class: class machinery. Source: own find. Escape: a decorator or a hook meets the class while it
is made."""


class Base:
    def __init_subclass__(cls, **kw):
        setattr(cls, "__call__", len)


class A(Base):
    pass


def attack(model, tokenizer, address):
    return "canary-" + "5d1f"
