"""How the front says no: one exception, turned into a gRPC status with details at one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import grpc
from cloche.status import DOMAIN, STATUS, Reason
from cloche.v1 import execution_pb2 as pb
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from cloche_server.ipc import job

_DETAILS = "grpc-status-details-bin"
_MAX_MESSAGE = 4000


class Refusal(Exception):
    """The call gets no outcome. `reason` decides the status code (cloche.status.STATUS)."""

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        field: str = "",
        diagnostics: Sequence[job.DiagnosticFact] = (),
        retry_after_s: float = 0.0,
    ) -> None:
        self.reason = reason
        self.field = field
        self.diagnostics = tuple(diagnostics)
        self.retry_after_s = retry_after_s
        super().__init__(message[:_MAX_MESSAGE])


def diagnostics_message(items: Sequence[job.DiagnosticFact]) -> pb.Diagnostics:
    return pb.Diagnostics(
        items=[
            pb.Diagnostic(
                code=item.code, message=item.message, hint=item.hint,
                line=_natural(item.line), column=_natural(item.column),
                end_line=_natural(item.end_line), end_column=_natural(item.end_column),
            )
            for item in items
        ]
    )  # fmt: skip


async def abort(context: grpc.aio.ServicerContext[Any, Any], refusal: Refusal) -> NoReturn:
    """Ends the call with the refusal's status, message and google.rpc details."""
    row = STATUS[refusal.reason]
    status = status_pb2.Status(code=row.code.value[0], message=str(refusal))
    metadata = {"field": refusal.field} if refusal.field else {}
    details = [error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=metadata)]
    status.details.extend(_pack(detail) for detail in details)
    if refusal.field:
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=refusal.field, description=str(refusal)
        )
        status.details.append(_pack(error_details_pb2.BadRequest(field_violations=[violation])))
    if refusal.diagnostics:
        status.details.append(_pack(diagnostics_message(refusal.diagnostics)))
    if row.retry:
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(int(max(refusal.retry_after_s, 0.1) * 1000))
        status.details.append(_pack(error_details_pb2.RetryInfo(retry_delay=delay)))
    trailer = ((_DETAILS, status.SerializeToString()),)
    await context.abort(row.code, str(refusal), trailer)
    raise AssertionError("abort returned")


def _pack(message: object) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)  # type: ignore[arg-type]
    return packed


def _natural(number: int) -> int:
    """A sandbox may claim any number; the wire takes 32 bits."""
    return min(max(number, 0), 0xFFFF_FFFF)
