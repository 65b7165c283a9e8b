"""Small objects as calls that make equal ones: dataclasses, named tuples, dates, counters.

Each is written from what it holds now, by exact type: nothing of the caller's runs.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import fractions
import logging
import operator
import sys
import types
import uuid
from collections.abc import Callable
from typing import Any

#: Writes a part; gives the name of a function, class or module.
Write = Callable[[object], str]


class NotLiteralError(Exception):
    """The value holds something that no expression can rebuild."""


def made_again(value: Any, write: Write, refer: Write) -> str:
    """The call that makes an equal object; empty where this module knows none.

    Raises:
        NotLiteralError: a part of it cannot be written.
    """
    kind = type(value)
    row = _ROWS.get(kind)
    if row is not None:
        return row(value, write, refer)
    if isinstance(value, tuple) and kind is not tuple:
        return _named_tuple(value, write, refer)
    if dataclasses.is_dataclass(kind):
        return _dataclass(value, write, refer)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.dtype):
        return f"{refer(numpy)}.dtype({value.str!r})"
    return ""


def _call(refer: Write, kind: object, *arguments: str) -> str:
    return f"{refer(kind)}({', '.join(arguments)})"


def _named_tuple(value: Any, write: Write, refer: Write) -> str:
    kind = type(value)
    names = vars(kind).get("_fields")
    torch = sys.modules.get("torch")
    if torch is not None and kind is torch.Size:
        return f"{refer(torch)}.Size({write(list(tuple.__iter__(value)))})"
    if type(names) is not tuple or len(names) != tuple.__len__(value):
        return ""
    return _call(refer, kind, *(write(item) for item in tuple.__iter__(value)))


def _dataclass(value: Any, write: Write, refer: Write) -> str:
    """Its constructor with what its fields hold; what it does besides must be what it did."""
    kind = type(value)
    own = "__init__" in vars(kind) and not kind.__dataclass_params__.init
    if own or hasattr(kind, "__post_init__"):
        return ""
    given = []
    for field in dataclasses.fields(kind):
        held = _field(value, field.name)
        if not field.init or held is dataclasses.MISSING:
            return ""
        given.append(f"{field.name}={write(held)}")
    more = set(getattr(value, "__dict__", ())) - {field.name for field in dataclasses.fields(kind)}
    return "" if more else _call(refer, kind, *given)


def _field(value: object, name: str) -> object:
    try:
        return object.__getattribute__(value, name)
    except AttributeError:
        return dataclasses.MISSING


def _namespace(value: Any, write: Write, refer: Write) -> str:
    named = (f"{name}={write(item)}" for name, item in vars(value).items())
    return _call(lambda _: f"{refer(types)}.SimpleNamespace", None, *named)


def _mapping(value: Any, write: Write, refer: Write) -> str:
    return f"{refer(types)}.MappingProxyType({write(dict(value))})"


def _pairs(value: Any, write: Write, refer: Write) -> str:
    return _call(refer, type(value), write(dict(value)))


def _default_dict(value: Any, write: Write, refer: Write) -> str:
    return _call(refer, type(value), write(value.default_factory), write(dict(value)))


def _deque(value: Any, write: Write, refer: Write) -> str:
    return _call(refer, type(value), write(list(value)), write(value.maxlen))


def _moment(value: Any, write: Write, refer: Write) -> str:
    zone = getattr(value, "tzinfo", None)
    if zone is not None and zone is not datetime.UTC:
        raise NotLiteralError("a time in a zone of its own")
    # Its repr names the module.
    return repr(value).replace("datetime.", f"{refer(datetime)}.")


def _reduced(value: Any, write: Write, refer: Write) -> str:
    """C's own types, which say how they are made."""
    made, arguments = value.__reduce__()[:2]
    return _call(refer, made, *(write(item) for item in arguments))


def _logger(value: Any, write: Write, refer: Write) -> str:
    return f"{refer(logging)}.getLogger({value.name!r})"


_ROWS: dict[type, Callable[[Any, Write, Write], str]] = {
    types.SimpleNamespace: _namespace,
    types.MappingProxyType: _mapping,
    collections.Counter: _pairs,
    collections.OrderedDict: _pairs,
    collections.defaultdict: _default_dict,
    collections.deque: _deque,
    datetime.datetime: _moment,
    datetime.date: _moment,
    datetime.time: _moment,
    datetime.timedelta: _moment,
    decimal.Decimal: lambda value, write, refer: _call(refer, decimal.Decimal, repr(str(value))),
    fractions.Fraction: lambda value, write, refer: _call(
        refer, fractions.Fraction, repr(value.numerator), repr(value.denominator)
    ),
    uuid.UUID: lambda value, write, refer: _call(refer, uuid.UUID, repr(str(value))),
    operator.itemgetter: _reduced,
    operator.attrgetter: _reduced,
    operator.methodcaller: _reduced,
    logging.Logger: _logger,
}
