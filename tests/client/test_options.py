"""Options are checked where they are given, with name, value and range."""

from __future__ import annotations

from typing import Any

import pytest
from cloche import InvalidRequestError
from cloche.client.options import Options, checked, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (1, 1), ("7", 7), ("1B", 1), ("2GB", 2 * 10**9), ("2 gb", 2 * 10**9), ("2GiB", 2 << 30),
        ("1.5k", 1500), ("512MB", 512 * 10**6), ("1TiB", 1 << 40), ("3g", 3 * 10**9),
    ],
)  # fmt: skip
def test_sizes(text: int | str, size: int) -> None:
    assert parse_size("memory", text) == size


@pytest.mark.parametrize(
    "value", [0, -1, True, 1.5, "", "GB", "2 X", "1iB", "-2GB", "0", 1 << 63, []]
)
def test_sizes_refused(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=r"memory is .*; it must be a number of bytes"):
        parse_size("memory", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout", 0), ("timeout", -1.0), ("timeout", float("nan")), ("timeout", float("inf")),
        ("timeout", "5"), ("timeout", True), ("timeout", 1e10),
        ("seed", -1), ("seed", 1 << 64), ("seed", 1.0), ("seed", True),
        ("entry_point", "a b"), ("entry_point", 3), ("quiet", 1),
    ],
)  # fmt: skip
def test_refused_values(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequestError, match=f"^{name} is .*; it must be") as caught:
        checked({name: value})
    assert caught.value.field == name


def test_to_proto() -> None:
    message = Options(timeout_s=0.001, seed=0, memory_bytes=5, output_max_bytes=6).to_proto()
    assert (message.timeout.seconds, message.timeout.nanos) == (0, 1_000_000)
    assert message.HasField("seed")
    assert (message.memory_bytes, message.output_max_bytes, message.result_max_bytes) == (5, 6, 0)


def test_defaults_ask_for_nothing() -> None:
    message = Options().to_proto()
    assert not message.HasField("timeout")
    assert not message.HasField("seed")
    assert message.ByteSize() == 0
