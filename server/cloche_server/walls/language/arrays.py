"""Stand-ins for numpy's functions and methods: an array of Python objects is never computed with.

numpy keeps bare pointers to the objects of such an array while it calls their methods. A method
that changes the array meanwhile leaves numpy with freed memory. So nothing may change an array of
objects, once made: no function or method takes one, none of its items is set, and no operator
works in place on it. Reading it is fine.

numpy walks lists through bare pointers as well, and asks what it finds there for its length or its
text. A function gets copies that nobody else holds.

What else an argument must be, `arguments.py` says.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .arguments import prepared
from .copies import refuse_objects
from .tables.rows import words

#: What may be read of an array of objects.
_READ_ONLY: Final = frozenset(
    words("shape ndim size dtype tolist astype copy item nbytes __len__ __getitem__ __iter__")
)

#: What changes the very list that it is given, item by item.
_ON_LISTS: Final = frozenset({"shuffle"})


def _call(function: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    copies, named = prepared(function, args, options)
    return function(*copies, **named)


class ArrayFunction:
    """One function or bound method of numpy."""

    __slots__ = ("function",)

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, /, *args: Any, **options: Any) -> Any:
        if self.function.__name__ not in _ON_LISTS:
            return _call(self.function, args, options)
        for each in (*args, *options.values()):
            if type(each) is np.ndarray:
                refuse_objects(each)
        return self.function(*args, **options)

    def __repr__(self) -> str:
        return f"<function {self.function.__name__}>"

    __name__ = property(lambda self: self.function.__name__)


class Ufunc(ArrayFunction):
    __slots__ = ()

    def accumulate(self, /, *args: Any, **options: Any) -> Any:
        return _call(self.function.accumulate, args, options)

    def at(self, /, *args: Any, **options: Any) -> Any:
        return _call(self.function.at, args, options)

    def outer(self, /, *args: Any, **options: Any) -> Any:
        return _call(self.function.outer, args, options)

    def reduce(self, /, *args: Any, **options: Any) -> Any:
        return _call(self.function.reduce, args, options)

    def reduceat(self, /, *args: Any, **options: Any) -> Any:
        return _call(self.function.reduceat, args, options)

    nin = property(lambda self: self.function.nin)
    nout = property(lambda self: self.function.nout)


def stand_in(function: Any) -> ArrayFunction:
    return Ufunc(function) if type(function) is np.ufunc else ArrayFunction(function)


def read_of_array(array: Any, name: str) -> Any:
    """What `array.name` hands out; `name` is listed.

    Scalars and generators come here too: some of their methods write into `out=`.
    """
    if name not in _READ_ONLY and isinstance(array, np.ndarray):
        refuse_objects(array)
    value = getattr(array, name)
    return ArrayFunction(value) if callable(value) else value


def inplace(array: np.ndarray[Any, Any]) -> None:
    """The guard of `array += ...` and its kin."""
    refuse_objects(array)


def no_array(self: Any, *args: Any, **options: Any) -> Any:
    """`__array__` of a technique's own sequences.

    An operator takes a list past every guard. numpy would ask what is in it for its length, and
    for its items, while it walks the list; it asks for this first.
    """
    raise TypeError("numpy does not walk an object of yours: write np.array(list(x))")
