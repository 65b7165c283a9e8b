"""__init_subclass__, __set_name__, descriptors, __class_getitem__, mixins, super chains."""
# ruff: noqa: RUF005, RUF012  # written as in a notebook


class Registry:
    items: dict = {}

    def __init_subclass__(cls, key=None, **kw):
        super().__init_subclass__(**kw)
        cls.items[key or cls.__name__] = cls


class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        return self if obj is None else getattr(obj, self.name)

    def __set__(self, obj, value):
        if value <= 0:
            raise ValueError(f"{self.name} must be positive")
        setattr(obj, self.name, value)


class Mixin:
    def who(self):
        return ["Mixin"] + super().who()


class Root:
    def who(self):
        return ["Root"]


class Child(Mixin, Root, Registry, key="kid"):
    width = Positive()

    def __init__(self, width):
        self.width = width

    def who(self):
        return ["Child"] + super().who()

    def __class_getitem__(cls, item):
        return (cls.__name__, item)


class Frozen:
    def __setattr__(self, name, value):
        if hasattr(self, name):
            raise TypeError("frozen")
        super().__setattr__(name, value)


class Single:
    _instance = None

    def __new__(cls, *args):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance


def technique(model, tokenizer):
    c = Child(3)
    out = [c.who(), c.width, list(Registry.items), Child["x"], Single() is Single()]
    try:
        c.width = -1
    except ValueError as e:
        out.append(str(e))
    f = Frozen()
    f.a = 1
    try:
        f.a = 2
    except TypeError as e:
        out.append((str(e), vars(f)))
    out.append(type(c)(9).width)
    out.append(isinstance(c, type(Child(1))))
    return out
