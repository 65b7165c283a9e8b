"""What a sandbox says of its time is brought into range before anybody counts with it."""

from __future__ import annotations

import math
import types
from typing import cast

import pytest
from cloche_server.front import events
from cloche_server.front.call import Call
from cloche_server.ipc import job


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [(0.5, 0.5), (-1.0, 0.0), (1e300, 2.0), (math.nan, 0.0), (math.inf, 0.0)],
)
def test_no_part_takes_longer_than_the_call(claimed: float, believed: float) -> None:
    call = cast(Call, types.SimpleNamespace(wall_clock_s=2.0))
    answer = job.Returned(cpu_s=0.0, phases=job.Phases(compile_s=claimed, encode_s=claimed))
    assert events.phases(answer, call) == {"compile_s": believed, "encode_s": believed}


def test_a_call_that_did_not_return_has_none() -> None:
    call = cast(Call, types.SimpleNamespace(wall_clock_s=2.0))
    assert events.phases(job.Checked(functions=(), diagnostics=()), call) == {}
