"""One row for each reason and for each status that is not ours."""

from __future__ import annotations

import grpc
import pytest
from cloche import (
    CallCancelledError,
    InterpClient,
    InvalidRequestError,
    PolicyError,
    ServerBusyError,
    ServerError,
    ServerUnavailableError,
    errors,
)
from cloche.status import STATUS, Reason
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, aborting, refusing

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


@pytest.mark.parametrize(
    ("code", "message", "kind", "text"),
    [
        (grpc.StatusCode.UNAVAILABLE, "x", ServerUnavailableError, "no Cloche server answers at"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "x", ServerUnavailableError, "did not answer in time"),
        (grpc.StatusCode.CANCELLED, "stop", CallCancelledError, "stop"),
        (grpc.StatusCode.UNIMPLEMENTED, "x", ServerError, "not to cloche.v1"),
        (grpc.StatusCode.UNAUTHENTICATED, "who?", ServerError, "refuses this caller: who?"),
        (grpc.StatusCode.PERMISSION_DENIED, "no", ServerError, "refuses this caller: no"),
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
    with pytest.raises(kind, match=text.replace("(", r"\(")) as caught:
        client.run(SOURCE)
    assert type(caught.value) is kind
