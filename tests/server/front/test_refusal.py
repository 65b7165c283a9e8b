"""A refusal always fits the trailers it travels in, and says what it leaves out."""

from __future__ import annotations

import base64
import urllib.parse
from typing import Any

import grpc
import pytest
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb
from cloche_server.front.refusal import abort, diagnostics_message
from cloche_server.ipc import job
from cloche_server.refusal import Refusal
from google.rpc import error_details_pb2, status_pb2

# What receivers take by default, less what gRPC itself sends along.
MOST = 8192 - 300


class Context:
    """What `abort` needs of a servicer context, and what came of it."""

    def __init__(self) -> None:
        self.code: grpc.StatusCode | None = None
        self.message = ""
        self.details = b""

    async def abort(self, code: grpc.StatusCode, message: str, trailers: Any) -> None:
        self.code, self.message = code, message
        ((_, self.details),) = trailers
        raise InterruptedError

    def unpacked(self) -> dict[type, Any]:
        kinds = (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, pb.Diagnostics)
        found = {}
        for detail in status_pb2.Status.FromString(self.details).details:
            for kind in kinds:
                message: Any = kind()
                if detail.Unpack(message):
                    found[kind] = message
        return found


async def aborted(refusal: Refusal) -> Context:
    context: Any = Context()
    with pytest.raises(InterruptedError):
        await abort(context, refusal)
    found: Context = context
    return found


def diagnostics(count: int, text: str, line: int = 1) -> list[job.DiagnosticFact]:
    return [
        job.DiagnosticFact("code", text, text, line + index, 2, line + index, 9)
        for index in range(count)
    ]


@pytest.mark.parametrize("message", ["short", "m" * 9999, "\n" * 9999, "é" * 9999, "%" * 9999])
@pytest.mark.parametrize("field", ["", "f" * 9999, "é" * 9999])
@pytest.mark.parametrize(
    ("count", "text"), [(0, ""), (1, "d" * 9999), (99, "é" * 9), (99, "d" * 999)]
)
async def test_any_refusal_fits(message: str, field: str, count: int, text: str) -> None:
    refusal = Refusal(
        Reason.POLICY, message, field=field, diagnostics=diagnostics(count, text), more=2**60
    )
    found = await aborted(refusal)
    printable = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
    taken = len(urllib.parse.quote(found.message, safe=printable))
    taken += len(base64.b64encode(found.details))
    assert taken < MOST
    assert status_pb2.Status.FromString(found.details).message == found.message
    info = found.unpacked()[error_details_pb2.ErrorInfo]
    assert (info.reason, info.domain) == ("POLICY", "cloche")


async def test_the_first_diagnostics_arrive_and_the_others_are_counted() -> None:
    refusal = Refusal(
        Reason.POLICY, "no", field="source", diagnostics=diagnostics(100, "d" * 99), more=900
    )
    items = (await aborted(refusal)).unpacked()[pb.Diagnostics].items
    *shown, last = items
    assert len(shown) > 5
    assert [item.line for item in shown] == list(range(1, len(shown) + 1))
    assert last.code == "more"
    assert last.message == f"{1000 - len(shown)} more places are refused after this one"
    assert last.line == shown[-1].line


def test_what_fits_is_left_alone() -> None:
    found = diagnostics_message(diagnostics(3, "text"), 0, most_bytes=10_000)
    assert [item.line for item in found.items] == [1, 2, 3]
    assert found.items[0].message == found.items[0].hint == "text"
    assert not diagnostics_message((), 0, most_bytes=100).items


def test_what_was_left_out_before_is_said_too() -> None:
    found = diagnostics_message(diagnostics(1, "text"), 1, most_bytes=10_000)
    assert [item.message for item in found.items] == [
        "text",
        "1 more place is refused after this one",
    ]
