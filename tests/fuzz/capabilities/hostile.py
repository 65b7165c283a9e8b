"""Sources of hostile values: what a technique may hand to real code, and classes that it asks.

Each is compiled by the wall as a technique's own. `observe` judges what it is given; `lie` answers
with what numpy and torch believe, about a piece of memory that holds the secret.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.language.catalogue import Catalogue
from cloche_server.walls.language.facades import ClassToken
from cloche_server.walls.language.slots import class_name, dict_of, mro_of

#: Values for every position of an argument.
VALUES: Final = """
import collections, copy, dataclasses, functools, json, numpy, torch
from torch import nn

def keep(*a, **k):
    observe(a)
    observe(k)
    return a[0] if a else None

def clearing():
    yield 1
    live.clear()
    yield 2

class Lying:
    def __init__(self, *a, **k):
        keep(a, k)
    def __getattr__(self, name):
        observe(name)
        return keep
    def __call__(self, *a, **k):
        return keep(*a, **k)
    def __len__(self):
        live.clear()
        return 2
    def __getitem__(self, index):
        keep(index)
        live.clear()
        if type(index) is int and index > 1:
            raise IndexError
        return 1
    def __setitem__(self, index, value):
        keep(index, value)
    def __iter__(self):
        return clearing()
    def __contains__(self, value):
        keep(value)
        return True
    def __eq__(self, other):
        keep(other)
        live.clear()
        return True
    def __lt__(self, other):
        keep(other)
        live.clear()
        return False
    def __hash__(self):
        return hash("a")
    def __bool__(self):
        live.clear()
        return True
    def __int__(self):
        return 1
    def __float__(self):
        live.clear()
        return 1.0
    def __add__(self, other):
        return keep(other)
    __radd__ = __mul__ = __rmul__ = __sub__ = __or__ = __and__ = __add__
    def __enter__(self):
        return self
    def __exit__(self, kind, value, trace):
        keep(kind, value, trace)
        return True
    def __get__(self, obj, cls=None):
        keep(obj, cls)
        return self
    def __set_name__(self, cls, name):
        keep(cls, name)
    def __format__(self, spec):
        keep(spec)
        return "x"
    def __str__(self):
        live.clear()
        return "x"
    __repr__ = __str__
    def keys(self):
        return live
    def get(self, *a):
        return keep(*a)
    def items(self):
        return keep([(1, 2)])

class Text(str):
    def __eq__(self, other):
        keep(other)
        return True
    def __hash__(self):
        return hash("a")
    def __getitem__(self, index):
        keep(index)
        return "__class__"
    def split(self, *a):
        return ["__globals__"]
    def startswith(self, *a):
        return False

class Items(list):
    def __iter__(self):
        self.clear()
        return clearing()
    def __getitem__(self, index):
        keep(index)
        return self

class Names(dict):
    def __getitem__(self, key):
        keep(key)
        return lie()
    def __missing__(self, key):
        keep(key)
        return keep
    def __contains__(self, key):
        keep(key)
        return True
    def keys(self):
        return ["__globals__", "x"]
    def get(self, *a):
        return keep(*a)

class Pair(tuple):
    def __iter__(self):
        return clearing()

class Whole(int):
    def __add__(self, other):
        return keep(other)
    def __eq__(self, other):
        keep(other)
        return True
    def __hash__(self):
        return 1

class Oops(Exception):
    def __init__(self, *a):
        keep(a)
    def __str__(self):
        return "x"

class Layer(nn.Module):
    def forward(self, *a, **k):
        keep(a, k)
        return a[0] if a else torch.ones(1)

class Descriptor:
    def __get__(self, obj, cls=None):
        keep(obj, cls)
        return lie()
    def __set__(self, obj, value):
        keep(obj, value)

def caught():
    try:
        yield 1
    except BaseException as error:
        keep(error)
        yield error

live = [1, 2, 3]
HOSTILE = {
    "own": lambda: Lying(), "text": lambda: Text("a"), "items": lambda: Items([1, 2]),
    "names": lambda: Names(a=1), "pair": lambda: Pair((1, 2)), "whole": lambda: Whole(1),
    "error": lambda: Oops(), "layer": lambda: Layer(), "live": lambda: live,
    "lived": lambda: [live, Lying()], "function": lambda: keep, "class": lambda: Lying,
    "generator": caught, "iterator": clearing, "interface": lie,
    "objects": lambda: numpy.fromiter([Lying()], dtype=object),
    "partial": lambda: functools.partial(keep, 1),
    "bound": lambda: Lying().get,
    "many": lambda: [Lying(), Text("a"), keep],
    "named": lambda: {"a": Lying(), "b": keep},
}
PLAIN = {
    "int": lambda: 1, "zero": lambda: 0, "float": lambda: 0.5, "str": lambda: "a",
    "none": lambda: None, "list": lambda: [1, 2], "dict": lambda: {"a": 1}, "bytes": lambda: b"ab",
    "tensor": lambda: torch.ones(2, 3), "array": lambda: numpy.ones((2, 3)),
    "module": lambda: nn.Linear(3, 3), "dtype": lambda: torch.float32, "true": lambda: True,
}
"""


@dataclass(frozen=True)
class Way:
    """How a class comes to a name. `{name}` stands for it in `body` and in `after`."""

    word: str
    body: str = "    pass"
    after: str = ""
    decorator: str = ""
    init: str = ""


#: An override, a value that is kept where it was asked for, and every other way to bind a name.
WAYS: Final = (
    Way("override", "    def {name}(self, *a, **k):\n        keep(a, k)\n        return lie()"),
    Way("of the class",
        "    @classmethod\n    def {name}(cls, *a, **k):\n        return keep(a, k)"),
    Way("kept", "    {name} = functools.cached_property(lambda self: lie())"),
    Way("computed", "    {name} = property(lambda self: lie())"),
    Way("descriptor", "    {name} = Descriptor()"),
    Way("value", "    {name} = lie()"),
    Way("slot", "    __slots__ = ({name!r},)", init="self.{name} = lie()"),
    Way("attribute", init="self.{name} = lie()"),
    Way("set by name", init="setattr(self, {name!r}, lie())"),
    Way("set later", after="H.{name} = functools.cached_property(lambda self: lie())"),
    Way("field", "    {name}: object = dataclasses.field(default_factory=lie)",
        decorator="@dataclasses.dataclass"),
    Way("by a mixin", after="class M:\n    {name} = functools.cached_property(lambda self: lie())\n"
        "class H(M, H):\n    pass"),
    Way("loop",
        "    for {name} in (functools.cached_property(lambda self: lie()),):\n        pass"),
    Way("import", "    import functools as {name}"),
)  # fmt: skip


@dataclass(frozen=True)
class Maker:
    """A base that a technique may derive from, and how a source names it."""

    base: type
    module: str
    expression: str

    def names(self) -> list[str]:
        """What real code may ask an object of it for."""
        found = {
            name
            for each in mro_of(self.base)
            for name in dict_of(each)
            if type(name) is str and name.isidentifier() and not name.endswith("__")
        }
        with contextlib.suppress(Exception):  # nothing can be made of some as they are
            found.update(vars(self.base()))
        return sorted(name for name in found if name.isidentifier())

    def sources(self, name: str, ways: Iterable[Way] = WAYS) -> Iterator[tuple[str, str]]:
        """A word for each way to bind the name, and the source of a class `H` that does."""
        for way in ways:
            for start in ("super().__init__()", ""):
                body = way.body.format(name=name)
                lines = [f"import {self.module}", way.decorator, f"class H({self.expression}):"]
                lines.append(body)
                if way.init or start == "":
                    lines.append("    def __init__(self, *a, **k):")
                    lines += [
                        f"        {each}" for each in (start, way.init.format(name=name), "pass")
                    ]
                lines.append(way.after.format(name=name))
                word = f"{self.expression}.{name}, {way.word}{'' if start else ', unmade'}"
                yield word, "\n".join(lines) + "\n"


def makers(catalogue: Catalogue) -> list[Maker]:
    """Every listed base that a source can name."""
    found = []
    for base in catalogue.bases.values():
        for module, members in sorted(catalogue.modules.items()):
            for name, value in members.items():
                real = value.cls if type(value) is ClassToken else value
                if real is base and isinstance(base, type):
                    if module == "builtins":
                        found.append(Maker(base, "math", name))
                    else:
                        found.append(Maker(base, module, f"{module}.{name}"))
                    break
            else:
                continue
            break
    return sorted(found, key=lambda each: (each.module, class_name(each.base)))
