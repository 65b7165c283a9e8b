"""A stream that breaks the contract is an error, never a shorter value."""

from __future__ import annotations

from typing import Any

import pytest
from cloche import ServerError, Technique, wire
from cloche.client.events import Done, Queued
from cloche.client.options import Options
from cloche.client.reader import read
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import printed

DATA = wire.encode([1, 2, 3])
SIZE = len(DATA)


def _accepted(result: int = 0, output: int = 0) -> pb.ExecuteStreamResponse:
    options = pb.CallOptions(result_max_bytes=result, output_max_bytes=output)
    return pb.ExecuteStreamResponse(accepted=pb.Accepted(call_id="c", options=options))


def _chunk(data: bytes, total: int = SIZE) -> pb.ExecuteStreamResponse:
    return pb.ExecuteStreamResponse(result_chunk=pb.ResultChunk(data=data, total_bytes=total))


def _log(text: str) -> pb.ExecuteStreamResponse:
    return pb.ExecuteStreamResponse(log=pb.Log(level=pb.LOG_LEVEL_WARNING, text=text))


DONE = pb.ExecuteStreamResponse(done=pb.Done())
UNKNOWN = pb.ExecuteStreamResponse()


def _read(*messages: pb.ExecuteStreamResponse, asked: Options | None = None) -> list[Any]:
    return list(read(messages, Technique(""), asked or Options()))


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([_chunk(DATA), _accepted(), DONE], "sent result chunk before it accepted the call"),
        ([printed("x"), _accepted(), DONE], "sent output before it accepted"),
        ([DONE], "sent done before it accepted"),
        ([_log("x"), DONE], "sent log before it accepted"),
        ([_accepted(), *[_log("x")] * 101], "more logs than a call may have"),
        ([_accepted(), _log("x" * 4097)], "more logs than a call may have"),
        ([_accepted(), _accepted(), DONE], "accepted the call twice"),
        ([_accepted(), DONE], "done, and sent no result"),
        ([_accepted(), _chunk(DATA[:2]), DONE], f"sent 2 of the {SIZE} bytes"),
        ([_accepted(), _chunk(DATA + b"x"), DONE], f"more than the {SIZE} bytes"),
        ([_accepted(), _chunk(DATA[:2]), _chunk(DATA[2:], 9), DONE], f"announced {SIZE} bytes of"),
        ([_accepted(result=10), _chunk(b"", 11)], "a result of 11 bytes where the call allows 10"),
        ([_accepted(output=3), printed("ab"), printed("cd")], "more output than the 3 bytes"),
        ([_accepted(), _chunk(DATA)], "without saying that the call is done"),
        ([], "without saying that the call is done"),
    ],
)
def test_broken_order(messages: list[pb.ExecuteStreamResponse], complaint: str) -> None:
    with pytest.raises(ServerError, match=complaint):
        _read(*messages)


def test_the_callers_own_limits_hold_whatever_the_server_grants() -> None:
    asked = Options(result_max_bytes=3, output_max_bytes=3)
    with pytest.raises(ServerError, match="allows 3"):
        _read(_accepted(result=1 << 60), _chunk(DATA), DONE, asked=asked)
    with pytest.raises(ServerError, match="the 3 bytes that the call allows"):
        _read(_accepted(output=1 << 60), printed("abcd"), asked=asked)


def test_events_of_a_newer_server_are_passed_over() -> None:
    events = _read(UNKNOWN, _accepted(), UNKNOWN, _chunk(DATA[:1]), _chunk(DATA[1:]), DONE)
    assert isinstance(events[-1], Done)
    assert events[-1].result == [1, 2, 3]


def test_an_unknown_stream_is_read_as_stdout() -> None:
    events = _read(_accepted(), printed("x", 77), _chunk(DATA), DONE)
    assert events[1].stream == "stdout"


def test_nothing_is_read_after_done() -> None:
    assert _read(_accepted(), _chunk(DATA), DONE, DONE, _chunk(b"x"))[-1].result == [1, 2, 3]


def test_a_call_that_waits_says_so_before_it_is_accepted() -> None:
    waits = pb.ExecuteStreamResponse(queued=pb.Queued(ahead=3))
    waits.queued.expected.FromMilliseconds(2500)
    found = _read(waits, _accepted(), _chunk(DATA), DONE)
    assert found[0] == Queued(ahead=3, expected_s=2.5)
    assert isinstance(found[-1], Done)
