"""A class with arithmetic, comparison, formatting and iteration methods."""


class Vec:
    __slots__ = ("x", "y")

    def __init__(self, x=0, y=0):
        self.x = x
        self.y = y

    def __add__(self, o):
        return Vec(self.x + o.x, self.y + o.y)

    __radd__ = __add__

    def __iadd__(self, o):
        self.x += o.x
        self.y += o.y
        return self

    def __mul__(self, k):
        return type(self)(self.x * k, self.y * k)

    def __matmul__(self, o):
        return self.x * o.x + self.y * o.y

    def __neg__(self):
        return Vec(-self.x, -self.y)

    def __eq__(self, o):
        return isinstance(o, Vec) and (self.x, self.y) == (o.x, o.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __iter__(self):
        yield self.x
        yield self.y

    def __bool__(self):
        return bool(self.x or self.y)

    def __format__(self, spec):
        return f"<{self.x:{spec}}|{self.y:{spec}}>"

    def __repr__(self):
        return f"{type(self).__name__}({self.x!r}, {self.y!r})"

    def __call__(self, z):
        return z * self.x

    def __getattr__(self, name):
        if name == "norm2":
            return self.x**2 + self.y**2
        raise AttributeError(name)


def technique(model, tokenizer):
    v = Vec(1, 2)
    v += Vec(1, 1)
    x, y = v
    return [
        repr(v + v),
        repr(v * 2),
        v @ v,
        repr(-v),
        v == Vec(2, 3),
        f"{v:.1f}",
        x,
        y,
        v(3),
        v.norm2,
        hasattr(v, "zz"),
        bool(Vec()),
        len({v, Vec(2, 3)}),
    ]
