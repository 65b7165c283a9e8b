"""Values that are a few others under a name: `["range", 0, 10, 2]`. One row for each kind.

Both ends hold what is read to the row's rule: it builds a value from exact parts, within bounds,
and runs no code of anybody's.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import re
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np

from cloche.contract.errors import WireError

#: What is reduced to lowest terms, or printed in digits, takes time that grows with its square.
_NUMBER_BITS: Final = 1 << 16
_DIGITS: Final = 1 << 14
_TEXT: Final = 100
_UNIT: Final = re.compile(r"Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as")
_DTYPE: Final = re.compile(rf"[<>|=]?[?biufcSUmM]\d{{0,9}}(\[\d{{0,9}}({_UNIT.pattern})\])?")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Named:
    """A kind's name and what it is made of."""

    kind: str
    items: tuple[Any, ...]

    @classmethod
    def of(cls, kind: str, value: Any) -> Named:
        """Raises WireError where the value is beyond what a decoder takes."""
        return cls(kind, tuple(_ROWS[kind].items(value)))


@dataclass(frozen=True)
class _Row:
    items: Callable[[Any], tuple[Any, ...]]
    value: Callable[..., Any]


def value_of(items: list[Any]) -> Any:
    """The value that a payload's items describe. Raises WireError."""
    kind = items[0] if items else None
    row = _ROWS.get(kind) if type(kind) is str else None
    if row is None:
        raise WireError(f"no kind of value is called {kind!r:.60}")
    try:
        return row.value(*items[1:])
    except WireError:
        raise
    except (TypeError, ValueError, OverflowError, ArithmeticError, RuntimeError) as error:
        raise WireError(f"no {kind}: {str(error) or type(error).__name__}"[:200]) from None


def _exact(value: object, kind: type[_T], what: str = "") -> _T:
    if type(value) is not kind:
        raise WireError(f"a {type(value).__name__} where {what or kind.__name__} was expected")
    return value


def _number(value: object) -> int:
    number = _exact(value, int)
    if number.bit_length() > _NUMBER_BITS:
        raise WireError(f"a number of more than {_NUMBER_BITS} bits")
    return number


def _text(value: object, longest: int = _TEXT) -> str:
    text = _exact(value, str)
    if len(text) > longest:
        raise WireError(f"a text of more than {longest} characters")
    return text


def _read_range(start: object, stop: object, step: object) -> range:
    return range(_exact(start, int), _exact(stop, int), _exact(step, int))


def _read_slice(start: object, stop: object, step: object) -> slice:
    return slice(start, stop, step)


def _read_timedelta(days: object, seconds: object, microseconds: object) -> datetime.timedelta:
    parts = (_exact(part, int) for part in (days, seconds, microseconds))
    return datetime.timedelta(*parts)


def _decimal(value: decimal.Decimal) -> tuple[Any, ...]:
    return (_text(decimal.Decimal.__str__(value), _DIGITS),)


def _read_decimal(text: object) -> decimal.Decimal:
    # Without a context, which could raise or round: every digit counts.
    return decimal.Decimal(_text(text, _DIGITS))


def _fraction(value: fractions.Fraction) -> tuple[Any, ...]:
    return _number(value.numerator), _number(value.denominator)


def _read_fraction(numerator: object, denominator: object) -> fractions.Fraction:
    return fractions.Fraction(_number(numerator), _number(denominator))


def _read_uuid(data: object) -> uuid.UUID:
    return uuid.UUID(bytes=_exact(data, bytes))


def _read_torch_dtype(name: object) -> object:
    text = _text(name)
    torch = _torch()
    if torch is None:
        return f"torch.{text}"
    found = vars(torch).get(text)
    if type(found) is not torch.dtype:
        raise WireError(f"this torch has no dtype {text!r}")
    return found


def _read_torch_device(name: object) -> object:
    torch = _torch()
    return _text(name) if torch is None else torch.device(_text(name))


def _torch() -> Any:
    """torch, imported only where it was before: what others do without it stays fast."""
    if "torch" in sys.modules:
        return sys.modules["torch"]
    import importlib.util

    return importlib.import_module("torch") if importlib.util.find_spec("torch") else None


def _numpy_dtype(value: np.dtype[Any]) -> tuple[Any, ...]:
    if not _DTYPE.fullmatch(value.str):
        raise WireError(f"numpy's dtype {value.name} does not travel; send str(...) of it")
    return (value.str,)


def _read_numpy_dtype(name: object) -> np.dtype[Any]:
    text = _text(name)
    if not _DTYPE.fullmatch(text):
        raise WireError(f"no dtype of numpy's: {text!r}")
    return np.dtype(text)


def _numpy_time(value: Any) -> tuple[Any, ...]:
    unit, count = np.datetime_data(value.dtype)
    # The elements are those of an int64: NaT is its lowest.
    return value.dtype.kind, unit, int(count), np.asarray(value).view(np.int64)[()]


def _read_numpy_time(kind: object, unit: object, count: object, numbers: object) -> Any:
    text = _text(unit)
    if kind not in ("m", "M") or not (text == "generic" or _UNIT.fullmatch(text)):
        raise WireError(f"no unit of numpy's: {text!r:.40}")
    if not 0 < _exact(count, int) < 1 << 31:
        raise WireError("a unit is counted from 1")
    if type(numbers) not in (np.ndarray, np.int64) or numbers.dtype != np.int64:  # type: ignore[attr-defined]
        raise WireError("times are int64")
    dtype = f"{kind}8" if text == "generic" else f"{kind}8[{count}{text}]"
    return numbers.view(dtype)  # type: ignore[attr-defined]


def _numpy_texts(value: np.ndarray[Any, Any]) -> tuple[Any, ...]:
    items = value.reshape(-1).tolist()
    if not all(type(item) in (str, bytes) for item in items):
        raise WireError("an array of texts with gaps does not travel; send .tolist()")
    _check_width(items, sum(map(len, items)))
    return value.dtype.kind == "S", list(value.shape), items


def _read_numpy_texts(of_bytes: object, shape: object, items: object) -> np.ndarray[Any, Any]:
    kind = bytes if _exact(of_bytes, bool) else str
    texts, lengths = _exact(items, list), _exact(shape, list)
    if not all(type(length) is int and 0 <= length < 1 << 48 for length in lengths):
        raise WireError("a shape holds whole numbers from 0")
    if math.prod(lengths) != len(texts) or not all(type(text) is kind for text in texts):
        raise WireError("an array of texts has as many as its shape says")
    _check_width(texts, sum(map(len, texts)))
    array: np.ndarray[Any, Any] = np.array(texts, dtype="S" if kind is bytes else "U")
    return array.reshape(lengths)


def _check_width(items: list[Any], total: int) -> None:
    """An array gives each of its texts the room of the longest."""
    if len(items) * max(map(len, items), default=0) > 8 * (total + len(items)) + (1 << 16):
        raise WireError("an array of texts of which few are long does not travel; send .tolist()")


def _iso(kind: Any) -> _Row:
    return _Row(
        lambda value: (kind.isoformat(value),), lambda text: kind.fromisoformat(_text(text))
    )


_ROWS: Final[dict[str, _Row]] = {
    "range": _Row(lambda value: (value.start, value.stop, value.step), _read_range),
    "slice": _Row(lambda value: (value.start, value.stop, value.step), _read_slice),
    "datetime": _iso(datetime.datetime),
    "date": _iso(datetime.date),
    "time": _iso(datetime.time),
    "timedelta": _Row(
        lambda value: tuple(
            datetime.timedelta.__dict__[part].__get__(value)
            for part in ("days", "seconds", "microseconds")
        ),
        _read_timedelta,
    ),
    "decimal": _Row(_decimal, _read_decimal),
    "fraction": _Row(_fraction, _read_fraction),
    "uuid": _Row(lambda value: (value.bytes,), _read_uuid),
    "torch.dtype": _Row(lambda value: (str(value).removeprefix("torch."),), _read_torch_dtype),
    "torch.device": _Row(lambda value: (str(value),), _read_torch_device),
    "numpy.dtype": _Row(_numpy_dtype, _read_numpy_dtype),
    "numpy.time": _Row(_numpy_time, _read_numpy_time),
    "numpy.texts": _Row(_numpy_texts, _read_numpy_texts),
}
