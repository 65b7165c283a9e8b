"""A mask's numbers are not sent one after the other; all else is, byte for byte."""

from __future__ import annotations

import collections
import enum
import itertools
import re
from typing import Any

import numpy as np
import pytest
import torch
from cloche.contract.errors import WireError
from cloche.wire import Mask, decode, encode, encode_parts
from cloche.wire._dtypes import DTYPES
from hypothesis import given, settings
from hypothesis import strategies as st

RUN = [7, 300, 5, 70_000]
MASK = Mask(RUN)
GONE = [-1] * len(RUN)
SMALL = [7, 30, 5, 127]
INTEGERS = [name for name in DTYPES if "int" in name]


def sent(value: object, mask: Mask = MASK) -> Any:
    """What arrives, after a look at its length."""
    data = b"".join(encode_parts(value, mask=mask))
    assert len(data) == len(encode(value))
    return decode(data)


def untouched(value: object, mask: Mask = MASK) -> bool:
    return b"".join(encode_parts(value, mask=mask)) == encode(value)


def by_hand(value: Any, run: list[int]) -> Any:
    """The same rule for plain values, slowly."""
    match value:
        case list() | tuple():
            items = list(value)
            for start in range(len(items) - len(run) + 1):
                if [(int, each) for each in run] == [
                    (type(each), each) for each in value[start : start + len(run)]
                ]:
                    items[start : start + len(run)] = [-1] * len(run)
            return type(value)(by_hand(each, run) for each in items)
        case set() | frozenset():
            return type(value)(by_hand(each, run) for each in value)
        case dict():
            return {by_hand(key, run): by_hand(each, run) for key, each in value.items()}
    return value


_numbers = st.sampled_from([0, 1, 5, 7, 127, 128, 255, 256, 70_000, 1 << 32, (1 << 64) - 1])
_leaves = (
    _numbers
    | st.sampled_from([True, None, 7.0, -1, 1 << 64, b"\x07\x05", "\x07\x05"])
    | st.text(max_size=40)
    | st.binary(max_size=300)
)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[list[int], Any]:
    run = draw(st.lists(_numbers, min_size=1, max_size=4))
    row = st.lists(st.sampled_from([[each] for each in run] + [run, run, [7], [-1]]), max_size=6)
    rows = row.map(lambda pieces: list(itertools.chain(*pieces)))
    keys = _numbers | st.text(max_size=3) | rows.map(tuple)
    values = st.recursive(
        _leaves | rows | rows.map(tuple),
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.lists(inner, max_size=5).map(tuple)
            | st.dictionaries(keys, inner, max_size=4)
            | st.sets(keys, max_size=5)
            | st.sets(keys, max_size=5).map(frozenset)
        ),
        max_leaves=8,
    )
    return run, draw(values)


@given(_cases())
@settings(max_examples=300)
def test_any_value_without_the_run_is_what_arrives(case: tuple[list[int], Any]) -> None:
    run, value = case
    before = encode(value)
    expected = by_hand(value, run)
    found = sent(value, Mask(run))
    assert found == expected
    assert encode(value) == before
    if expected == value:
        assert untouched(value, Mask(run))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (RUN, GONE),
        (tuple(RUN), tuple(GONE)),
        ([1, *RUN, 2, *RUN, 3], [1, *GONE, 2, *GONE, 3]),
        ({"a": [{"b": ([*RUN, 1], 2)}]}, {"a": [{"b": ([*GONE, 1], 2)}]}),
        ({tuple(RUN): 1}, {tuple(GONE): 1}),
        ({(1, tuple(RUN))}, {(1, tuple(GONE))}),
        (list(range(100)) + RUN * 2, list(range(100)) + GONE * 2),
        ([np.zeros(9000), *RUN, np.ones(9000), *RUN][1:5], GONE),
    ],
)
def test_in_lists_and_tuples_wherever_these_are(value: Any, expected: Any) -> None:
    assert sent(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        RUN[:3],
        RUN[1:],
        RUN[::-1],
        [7, 300, True, 70_000],
        [float(each) for each in RUN],
        [str(each) for each in RUN],
        [[7, 300], [5, 70_000]],
        [[7, 300, 5], 70_000],
        [7, 300, [], 5, 70_000],
        {7: 300, 5: 70_000},
        [{7: 300}, 5, 70_000],
        set(RUN),
        frozenset(RUN),
        b"".join(map(encode, RUN)),
        b"".join(map(encode, RUN)).decode(errors="ignore"),
        torch.tensor(RUN).float(),
        torch.tensor([RUN[:2], RUN[2:]]),
        torch.tensor([RUN, RUN]).T,
        7,
    ],
    ids=lambda value: re.sub(r"\W+", " ", repr(value))[:30],
)
def test_what_is_not_a_run_in_one_sequence_is_sent_as_it_is(value: object) -> None:
    assert untouched(value)


def test_sets_and_maps_have_no_order() -> None:
    """Not even where their items happen to come in the mask's."""
    mask = Mask([1, 2, 3])
    assert list({1, 2, 3}) == [1, 2, 3]
    for value in ({1, 2, 3}, frozenset({1, 2, 3}), {1: 2, 3: 1}):
        assert untouched(value, mask)
        assert untouched([value], mask)


def test_one_over_another_leaves_nothing() -> None:
    mask = Mask([5, 5, 5])
    assert sent([5] * 5, mask) == [-1] * 5
    assert sent(np.array([[5] * 5, [5, 5, 1, 5, 5]]), mask).tolist() == [[-1] * 5, [5, 5, 1, 5, 5]]


def test_a_mask_of_one_number() -> None:
    mask = Mask([5])
    assert sent([1, 5, (5,), {5: 5}, {5}], mask) == [1, -1, (-1,), {5: 5}, {5}]
    assert sent(torch.tensor([1, 5]), mask).tolist() == [1, -1]
    assert untouched(torch.tensor(5), mask)
    with pytest.raises(ValueError, match="at least one"):
        Mask([])


def _highest(name: str) -> int:
    info = np.iinfo(name)
    return int(info.max) if info.min == 0 else -1


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("as_tensor", [True, False], ids=["tensor", "array"])
def test_in_integers_of_every_type_along_the_last_dimension(name: str, as_tensor: bool) -> None:
    gone = [_highest(name)] * len(SMALL)
    rows = [[0, 0, *SMALL, 9], [*SMALL, 9, 9, 0], [9, 9, 9, 9, *SMALL[:3]], [127, *SMALL, 7, 30]]
    wanted = [[0, 0, *gone, 9], [*gone, 9, 9, 0], rows[2], [127, *gone, 7, 30]]
    value: Any = np.array(rows, name).reshape(2, 2, 7)
    if as_tensor:
        value = torch.from_numpy(value)
    before = encode(value)
    found = sent(value, Mask(SMALL))
    assert found.tolist() == np.array(wanted, name).reshape(2, 2, 7).tolist()
    assert (found.dtype, found.shape) == (value.dtype, value.shape)
    assert encode(value) == before


@pytest.mark.parametrize(
    "value",
    [
        np.array([[1, *RUN]], ">i4"),
        np.array([[1, *RUN]] * 2).T.copy().T,
        np.array([[1, *RUN]] * 4)[::-2],
        torch.tensor([1, *RUN]).expand(3, 5),
        torch.tensor([[1, *RUN]] * 2).T.contiguous().T,
        torch.nn.Parameter(torch.tensor([1, *RUN]), requires_grad=False),
    ],
)
def test_in_views_as_what_they_show(value: Any) -> None:
    found = sent(value)
    assert found.reshape(-1, 5).tolist() == [[1, *GONE]] * (len(found.reshape(-1)) // 5)
    assert value.reshape(-1)[1] == 7


def test_what_is_read_only_is_masked_in_a_copy() -> None:
    array = np.array([1, *RUN])
    array.flags.writeable = False
    assert sent({"a": array})["a"].tolist() == [1, *GONE]
    assert array.tolist() == [1, *RUN]


@pytest.mark.parametrize("name", [name for name in INTEGERS if not name.endswith("8")])
def test_numbers_that_a_type_cannot_hold_are_in_no_array_of_it(name: str) -> None:
    mask = Mask([1, 40_000])
    array = np.array([1, 40_000]).astype(name)
    assert untouched(array, mask) == (name == "int16")


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("kind", ["scalar", "array", "tensor"])
def test_in_lists_of_what_has_no_dimensions(name: str, kind: str) -> None:
    make = {
        "scalar": lambda number: np.dtype(name).type(number),
        "array": lambda number: np.array(number, name),
        "tensor": lambda number: torch.tensor(number, dtype=getattr(torch, name)),
    }[kind]
    value = [make(each) for each in (1, *SMALL, 1)]
    for container in (list, tuple):
        found = sent(container(value), Mask(SMALL))
        assert [each.tolist() for each in found] == [1, *[_highest(name)] * 4, 1]
        assert [(type(each), each.dtype) for each in found] == [
            (type(each), each.dtype) for each in value
        ]


def test_subclasses_are_masked_as_what_they_travel_as() -> None:
    class Liar(list):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            return iter([1])

        def __len__(self) -> int:
            return 1

        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = None  # type: ignore[assignment]

    class Map(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            return []

    class Colour(enum.IntEnum):
        RED = 300

    class Int(int):
        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = int.__hash__

    pair = collections.namedtuple("pair", "first second third fourth")
    assert sent(Liar(RUN)) == GONE
    assert sent([Map(a=Liar([1, *RUN]))]) == [{"a": [1, *GONE]}]
    assert sent(pair(*RUN)) == tuple(GONE)
    assert sent([7, Colour.RED, Int(5), 70_000]) == GONE


def test_what_does_not_travel_is_refused_as_without_a_mask() -> None:
    itself: list[Any] = [*RUN]
    itself.append({"a": itself})
    deep: Any = RUN
    for _ in range(1100):
        deep = [deep]
    tuples: Any = tuple(RUN)
    for _ in range(100):
        tuples = (tuples,)
    for value in (itself, deep, tuples, [RUN, object()], {"a": len}):
        said = []
        for mask in (None, MASK):
            with pytest.raises(WireError) as caught:
                encode_parts(value, root="result", mask=mask)
            said.append((str(caught.value), caught.value.path))
        assert said[0] == said[1]


def test_as_deep_as_values_travel() -> None:
    deep: Any = RUN
    for _ in range(1000):
        deep = [deep]
    found = sent(deep)
    for _ in range(1000):
        (found,) = found
    assert found == GONE


def test_large_elements_are_copied_only_where_something_is_masked() -> None:
    plain = torch.arange(100_000)
    holding = np.arange(100_000)
    holding[-4:] = RUN
    parts = encode_parts({"plain": plain, "holding": (holding,), "list": RUN}, mask=MASK)
    found = decode(b"".join(parts))
    assert torch.equal(found["plain"], plain)
    assert found["holding"][0].tolist() == [*range(99_996), *GONE]
    assert found["list"] == GONE
    assert holding[-4:].tolist() == RUN
    plain[0], holding[0] = 5, 5
    later = decode(b"".join(parts))
    assert (later["plain"][0], later["holding"][0][0]) == (5, 0)


def test_across_what_is_compared_at_once() -> None:
    array = np.zeros((3 << 20) + 1, np.int32)
    for start in ((1 << 20) - 2, (2 << 20) - 1, len(array) - 4):
        array[start : start + 4] = RUN
    expected = np.where(array != 0, -1, 0)
    np.testing.assert_array_equal(sent(array), expected)
    rows = array[:-1].reshape(-1, 1 << 10)
    assert untouched(rows[:-1])  # now each stands in two rows


def test_it_shows_nothing_of_its_numbers() -> None:
    assert repr(MASK) == "<mask>"
    assert not hasattr(MASK, "__dict__")
