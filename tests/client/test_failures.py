"""One row for each reason and for each status that is not ours."""

from __future__ import annotations

import re
from concurrent import futures
from typing import TYPE_CHECKING, Any

import cloche
import grpc
import pytest
from cloche import (
    AuthenticationError,
    CallCancelledError,
    InterpClient,
    InvalidRequestError,
    PermissionDeniedError,
    PolicyError,
    ServerBusyError,
    ServerError,
    ServerUnavailableError,
    TechniqueError,
)
from cloche.contract import errors
from cloche.contract.status import STATUS, Reason
from cloche.v1 import execution_pb2 as pb
from google.protobuf import any_pb2
from google.rpc import code_pb2, status_pb2

from tests.client.support.fake_server import (
    FakeService,
    aborting,
    failing,
    refusing,
    refusing_with,
    returning,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = "def f(model, tokenizer):\n    return open\n"
ONCE = [reason for reason in Reason if not STATUS[reason].retry]


@pytest.mark.parametrize("reason", ONCE)
def test_reason_gives_its_exception(
    service: FakeService, client: InterpClient, reason: Reason
) -> None:
    service.handler = refusing(reason, f"because {reason}")
    with pytest.raises(STATUS[reason].exception, match=f"because {reason}") as caught:
        client.run(SOURCE)
    assert type(caught.value) is STATUS[reason].exception
    assert caught.value.__suppress_context__


def test_policy_error_points_at_the_line(service: FakeService, client: InterpClient) -> None:
    items = [
        pb.Diagnostic(
            code="name-refused", message="'open' refused", hint="pass the text", line=2, column=12,
            end_line=2, end_column=16,
        ),
        pb.Diagnostic(code="x", message="second", line=1, column=1),
    ]  # fmt: skip
    service.handler = refusing(Reason.POLICY, diagnostics=pb.Diagnostics(items=items))
    with pytest.raises(PolicyError) as caught:
        client.run(SOURCE)
    assert [d.code for d in caught.value.diagnostics] == ["name-refused", "x"]
    assert str(caught.value).startswith(
        "line 2, col 12: 'open' refused; pass the text\n    return open\n           ^^^^\n"
    )


def test_field_of_a_wrong_request(service: FakeService, client: InterpClient) -> None:
    service.handler = refusing(
        Reason.REQUEST, "no such function", metadata={"field": "entry_point"}
    )
    with pytest.raises(InvalidRequestError) as caught:
        client.run(SOURCE)
    assert caught.value.field == "entry_point"


def test_a_server_that_lacks_a_method(service: FakeService, client: InterpClient) -> None:
    """An older one: both versions are said, as the server's own answer tells them."""
    service.handler = aborting(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
    own = re.escape(cloche.__version__)
    with pytest.raises(
        ServerError, match=f"Method not found!.*server is Cloche 0.0.7, this client is Cloche {own}"
    ):
        client.run(SOURCE)


def test_what_is_no_server_of_ours() -> None:
    """Whoever does not even know what it is asked first."""
    server = grpc.server(futures.ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with InterpClient(address=f"127.0.0.1:{port}") as client:
        for ask in (client.info, lambda: client.run(SOURCE)):
            with pytest.raises(ServerError, match=r"not to cloche\.v1") as caught:
                ask()
            assert f"this client, which is Cloche {cloche.__version__}" in str(caught.value)
    server.stop(0)


def test_a_reason_that_only_a_newer_server_knows(
    service: FakeService, client: InterpClient
) -> None:
    """Never taken for what its status code alone would mean, such as nobody's answering."""
    for code in (code_pb2.UNAVAILABLE, code_pb2.RESOURCE_EXHAUSTED, code_pb2.INVALID_ARGUMENT):
        service.handler = refusing_with(code, "DISK_LIMIT", "the disk is full")
        with pytest.raises(ServerError, match="the disk is full") as caught:
            client.run(SOURCE)
        assert type(caught.value) is ServerError
        assert "(DISK_LIMIT, a reason that this client does not know: the server is" in str(
            caught.value
        )


def test_a_state_that_only_a_newer_server_knows(service: FakeService, client: InterpClient) -> None:
    service.states = [(99, "dreaming", None)]
    assert client.info().state == "unknown"
    with pytest.raises(ServerError, match=r"a state that this client does not know: .* 0\.0\.7, "):
        client.run(SOURCE)


@pytest.mark.parametrize(
    ("code", "message", "kind", "text"),
    [
        (grpc.StatusCode.UNAVAILABLE, "x", ServerUnavailableError, "no Cloche server answers at"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "x", ServerUnavailableError, "did not answer in time"),
        (grpc.StatusCode.CANCELLED, "stop", CallCancelledError, "stop"),
        (grpc.StatusCode.UNIMPLEMENTED, "x", ServerError, "lacks what this client asks for (x)"),
        (grpc.StatusCode.UNAUTHENTICATED, "who?", AuthenticationError, "refuses this caller: who?"),
        (grpc.StatusCode.PERMISSION_DENIED, "no", PermissionDeniedError, "refuses this caller: no"),
        (grpc.StatusCode.INVALID_ARGUMENT, "bad", InvalidRequestError, "bad"),
        (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            "Received message larger than max (9 vs. 4)",
            InvalidRequestError,
            "pass smaller arguments",
        ),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "quota", ServerBusyError, "quota"),
        (grpc.StatusCode.INTERNAL, "oops", ServerError, "INTERNAL: oops"),
        (grpc.StatusCode.UNKNOWN, "", ServerError, "UNKNOWN"),
    ],
)
def test_status_without_our_details(
    service: FakeService,
    client: InterpClient,
    code: grpc.StatusCode,
    message: str,
    kind: type[errors.ClocheError],
    text: str,
) -> None:
    service.handler = aborting(code, message)
    with pytest.raises(kind, match=re.escape(text)) as caught:
        client.run(SOURCE)
    assert type(caught.value) is kind


def _with_details(raw: bytes) -> Any:
    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        context.set_trailing_metadata((("grpc-status-details-bin", raw),))
        context.abort(grpc.StatusCode.INTERNAL, "oops \x1b[2J")
        yield

    return handler


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xff\xff",
        status_pb2.Status(code=3, message="another code").SerializeToString(),
        status_pb2.Status(
            code=13, message="oops \x1b[2J",
            details=[any_pb2.Any(type_url="x/google.rpc.ErrorInfo", value=b"\xff\xff")],
        ).SerializeToString(),
    ],
)  # fmt: skip
def test_details_that_cannot_be_read(
    service: FakeService, client: InterpClient, raw: bytes
) -> None:
    service.handler = _with_details(raw)
    with pytest.raises(ServerError, match=r"INTERNAL: oops \\x1b\[2J"):
        client.run(SOURCE)


def test_words_of_the_server_hold_no_controls(service: FakeService, client: InterpClient) -> None:
    item = pb.Diagnostic(code="c", message="m\x1b[2J", hint="h\x9b", line=1, column=1)
    service.handler = refusing(Reason.POLICY, diagnostics=pb.Diagnostics(items=[item]))
    with pytest.raises(PolicyError, match=r"m\\x1b\[2J; h\\x9b"):
        client.run(SOURCE)
    service.handler = failing(
        pb.TechniqueFailure(
            type="E", message="\x1b]0;x\x07", traceback="Traceback\n  x\x0cy\n",
            frames=[pb.TracebackFrame(function="f\x1b", text="\x1bz")],
        )
    )  # fmt: skip
    with pytest.raises(TechniqueError) as caught:
        client.run(SOURCE)
    error = caught.value
    assert error.message == "\\x1b]0;x\\x07"
    assert error.traceback == "Traceback\n  x\\x0cy\n"
    assert error.frames[0].function == "f\\x1b"
    assert "\x1b" not in str(error)


def test_a_traceback_that_says_nothing_more_is_left_out(
    service: FakeService, client: InterpClient
) -> None:
    text = "f() got an unexpected keyword argument 'x'"
    failure = pb.TechniqueFailure(type="TypeError", message=text, traceback=f"TypeError: {text}\n")
    service.handler = failing(failure)
    with pytest.raises(TechniqueError) as caught:
        client.run(SOURCE)
    assert str(caught.value) == f"TypeError: {text}"


def test_advice_before_the_past(service: FakeService, client: InterpClient) -> None:
    tries: list[int] = []

    def handler(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        tries.append(1)
        if len(tries) == 1:
            yield from refusing(Reason.BUSY, retry_after_s=-1.0)(call, context)
        yield from returning(7)(call, context)

    service.handler = handler
    assert client.run(SOURCE) == 7
