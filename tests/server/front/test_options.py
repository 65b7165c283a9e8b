"""Wishes, defaults and caps."""

from __future__ import annotations

import pytest
from cloche.contract.config import Limits
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.options import settle
from cloche_server.refusal import Refusal

LIMITS = Limits(timeout_default_s=10, timeout_max_s=100)


def wish(seconds: float = 0.0, **fields: int) -> pb.CallOptions:
    options = pb.CallOptions(**fields)
    options.timeout.FromMilliseconds(int(seconds * 1000))
    return options


def test_nothing_asked_for_is_the_default() -> None:
    options = settle(wish(), LIMITS, None)
    assert options.timeout_s == 10
    assert options.memory_bytes == LIMITS.memory_default_bytes
    assert options.seed is None


def test_wishes_are_granted_up_to_the_cap() -> None:
    assert settle(wish(50), LIMITS, None).timeout_s == 50
    assert settle(wish(500), LIMITS, None).timeout_s == 100
    granted = settle(wish(memory_bytes=1 << 60, output_max_bytes=1 << 60), LIMITS, None)
    assert granted.memory_bytes == LIMITS.memory_max_bytes
    assert granted.output_max_bytes == LIMITS.output_max_bytes


def test_a_seed_of_zero_is_a_seed() -> None:
    assert settle(wish(seed=0), LIMITS, None).seed == 0


def test_the_rpcs_own_deadline_shortens() -> None:
    assert settle(wish(50), LIMITS, 3.0).timeout_s == 3.0
    assert settle(wish(2), LIMITS, 3.0).timeout_s == 2.0
    assert settle(wish(2), LIMITS, -1.0).timeout_s > 0


def test_a_negative_timeout_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        settle(wish(-1), LIMITS, None)
    assert caught.value.field == "options.timeout"


def test_what_is_granted_is_told() -> None:
    message = settle(wish(1.5, seed=3), LIMITS, None).as_message()
    assert message.timeout.ToMilliseconds() == 1500
    assert message.seed == 3
    assert not settle(wish(), LIMITS, None).as_message().HasField("seed")
