"""Values that lie in their repr, or have no literal."""

from __future__ import annotations

import enum
import functools
import math
import re
from typing import Any

import numpy as np
import pytest
from cloche import SourceError
from cloche.source import capture
from cloche.source.literals import NotLiteralError, expression

from tests.client.source.support import run_captured


class Flags(enum.Flag):
    R = 1
    W = 2
    X = 4


class Grade(enum.IntEnum):
    LOW = 1


class Asks:
    """Records what is asked of it."""

    asked: list[str]

    def __init__(self) -> None:
        self.__dict__["asked"] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        raise AttributeError(name)

    def __repr__(self) -> str:
        self.asked.append("repr")
        return "x"

    def __eq__(self, other: object) -> bool:
        self.asked.append("eq")
        return True

    __hash__ = None  # type: ignore[assignment]


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def _same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other) and type(one) is type(other)


@pytest.mark.parametrize(
    "value",
    [
        math.nan, -math.inf, -0.0, complex(-0.0, math.nan), frozenset({1, 2}), {3, 1, 2}, set(),
        {"a": [math.inf, (frozenset({math.inf}),)]}, "\udc80\x1b\u202e'\"", b"\xff\x00", ...,
        slice(1, None), range(5, 0, -2), 10**1000, -(10**1000), re.compile(b"a", re.IGNORECASE),
        _nested(60), _nested(150),
    ],
)  # fmt: skip
def test_value_arrives_equal(value: Any) -> None:
    def t(model: Any, tokenizer: Any) -> Any:
        return value

    assert _same(run_captured(t), value)


def test_members_and_flags_that_no_one_name_stands_for() -> None:
    many = [Flags.R | Flags.W, Flags.X, Flags(0), Grade.LOW]

    def t(model: Any, tokenizer: Any) -> list[Any]:
        return [(str(x), x.value) for x in many]

    assert run_captured(t) == t(None, None)


def test_integers_longer_than_python_writes_in_digits() -> None:
    one, two = 10**5000, [-(10**5000)]

    def t(model: Any, tokenizer: Any) -> Any:
        return one, two

    assert run_captured(t) == (one, two)


def test_partial_says_what_it_holds_now() -> None:
    part = functools.partial(math.pow, 2)
    part = functools.partial(part, 3)

    def t(model: Any, tokenizer: Any) -> float:
        return part()

    assert run_captured(t) == 8


def test_numpy_scalars_and_arrays_travel_beside() -> None:
    args, kwargs, model_ = np.arange(3), {"x": np.float32(0.1)}, [np.int64(3)]

    def t(model: Any, tokenizer: Any, more: int) -> Any:
        return args.sum() + more, kwargs, model_

    # `args` and `kwargs` are names that a wrapper would like to have for itself.
    total, scalars, inside = run_captured(t, more=1)
    assert (int(total), scalars, inside) == (4, kwargs, model_)
    assert type(scalars["x"]) is np.float32


@pytest.mark.parametrize("value", [_nested(5000), Asks(), [Asks()], {"k": (Asks(),)}])
def test_refused_with_its_name(value: Any) -> None:
    def t(model: Any, tokenizer: Any) -> Any:
        return value

    with pytest.raises(SourceError, match=r"'value' \(an? .*\) is used by t \(.*create it inside"):
        capture(t)


def test_nothing_is_asked_of_an_arbitrary_object() -> None:
    value = Asks()
    inside = [value]

    def t(model: Any, tokenizer: Any) -> Any:
        return value, inside

    with pytest.raises(SourceError):
        capture(t)
    assert value.asked == []


def test_member_without_a_name() -> None:
    class Odd(enum.Flag, boundary=enum.KEEP):
        A = 1

    assert expression(Odd(9), lambda kind: "Odd") == "Odd(9)"


def test_an_object_is_what_the_source_calls_it() -> None:
    def refuse(part: object) -> str:
        raise NotLiteralError("nobody knows it")

    assert expression([object()], lambda part: "x") == "[x]"
    with pytest.raises(NotLiteralError):
        expression([object()], refuse)
