"""Admits descriptions of numpy's types that say nothing of where in an item a field lies.

numpy believes offsets, item sizes and shapes that it is told, adds them up in C's int, and walks
their lists through bare pointers while it asks what is in them for its `dtype`. So a description
is text, a scalar class, a dtype that exists, or a list of names with such types; what is handed on
is a copy of it in exact types.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from .diagnostics import AccessRefused
from .slots import class_name, is_class, mro_of

_PYTHONS: Final = frozenset({bool, int, float, complex, str, bytes, object})
#: "float32", "<i8", "U12", "M8[25us]": no repeat before it, no shape.
_TEXT: Final = re.compile(r"[<>=|]?(?:[A-Za-z_]+|\?)(\d{0,6})(?:\[\d{0,6}[A-Za-z]{1,2}\])?")
_LARGEST: Final = 1 << 20
_HINT: Final = "np.float32, 'float32', or a list of names and types: [('a', 'f4'), ('b', 'i8')]"


def description(value: Any) -> Any:
    """The same description, in objects that nobody else holds.

    Raises:
        AccessRefused: it is of another kind.
    """
    cls = type(value)
    if value is None or np.dtype in mro_of(cls):
        return value
    if is_class(value):
        if value in _PYTHONS or (np.generic in mro_of(value) and value.__module__ == "numpy"):
            return value
    elif cls is str:
        return _text(value)
    elif cls is list:
        return _fields(value)
    elif cls is dict and set(value) == {"names", "formats"}:
        names, formats = value["names"], value["formats"]
        if type(names) in (list, tuple) and type(formats) in (list, tuple):
            return _fields(list(zip(names, formats, strict=True)))
    raise _refused(f"a '{class_name(cls)}'")


def _text(value: str) -> str:
    for each in value.split(","):
        found = _TEXT.fullmatch(each.strip())
        if found is None or int(found[1] or 0) > _LARGEST:
            raise _refused(f"'{value[:40]}'")
    return value


def _fields(value: list[Any]) -> list[tuple[str, Any]]:
    fields = []
    for each in list(value):
        if type(each) is not tuple or len(each) != 2 or type(each[0]) is not str:
            raise _refused("a field that is not (name, type)")
        fields.append((each[0], description(each[1])))
    # numpy adds the sizes up in a C int.
    if sum(np.dtype(kind).itemsize for _, kind in fields) > _LARGEST:
        raise _refused("fields of more than 1 MiB together")
    return fields


def _refused(what: str) -> AccessRefused:
    return AccessRefused(
        f"{what} as a dtype refused", hint=f"accepted: {_HINT}", code="argument-refused"
    )
