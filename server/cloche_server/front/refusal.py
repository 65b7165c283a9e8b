"""Turn a `Refusal` into a gRPC status with details, within what trailers may take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NoReturn

import grpc
from cloche.contract.status import DOMAIN, STATUS
from cloche.v1 import execution_pb2 as pb
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2

from cloche_server.fitting import fit, natural
from cloche_server.ipc import job
from cloche_server.refusal import Refusal

_DETAILS: Final = "grpc-status-details-bin"
_DESCRIPTION_BYTES: Final = 200
_DETAILS_BYTES: Final = 4600
# Of one diagnostic. Three times its code, message and hint are less than the details may take.
_CODE_BYTES: Final = 60
_TEXT_BYTES: Final = 800


def diagnostics_message(
    items: Sequence[job.DiagnosticFact], more: int, *, most_bytes: int
) -> pb.Diagnostics:
    """As many of the first as fit; then, where some are left out or were before, how many."""
    message = pb.Diagnostics()
    for index, item in enumerate(items):
        message.items.append(_diagnostic(item))
        left_out = len(items) - index + more
        if index and message.ByteSize() + _note(left_out, item).ByteSize() > most_bytes:
            del message.items[index]
            message.items.append(_note(left_out, items[index - 1]))
            return message
    if items and more > 0:
        message.items.append(_note(more, items[-1]))
    return message


async def abort(context: grpc.aio.ServicerContext[Any, Any], refusal: Refusal) -> NoReturn:
    """Ends the call with the refusal's status, message and google.rpc details."""
    details = ((_DETAILS, _details(refusal)),)
    await context.abort(_code(refusal), str(refusal), details)
    raise AssertionError("abort returned")


def _code(refusal: Refusal) -> grpc.StatusCode:
    return grpc.StatusCode[STATUS[refusal.reason].code]


def _details(refusal: Refusal) -> bytes:
    row = STATUS[refusal.reason]
    status = status_pb2.Status(code=_code(refusal).value[0], message=str(refusal))
    metadata = {"field": refusal.field} if refusal.field else {}
    if refusal.line:
        metadata["line"] = str(refusal.line)
    if refusal.session_ended:
        metadata["session"] = "ended"
    details = [error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=metadata)]
    status.details.extend(_pack(detail) for detail in details)
    if refusal.field:
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=refusal.field, description=fit(str(refusal), _DESCRIPTION_BYTES)
        )
        status.details.append(_pack(error_details_pb2.BadRequest(field_violations=[violation])))
    if row.retry or refusal.retry_after_s:
        delay = duration_pb2.Duration()
        delay.FromMilliseconds(int(max(refusal.retry_after_s, 0.1) * 1000))
        status.details.append(_pack(error_details_pb2.RetryInfo(retry_delay=delay)))
    if refusal.quota:
        subject, _, allowed = refusal.quota.partition(": ")
        over = error_details_pb2.QuotaFailure.Violation(subject=subject, description=allowed)
        status.details.append(_pack(error_details_pb2.QuotaFailure(violations=[over])))
    if refusal.diagnostics:
        room = _DETAILS_BYTES - status.ByteSize()
        found = diagnostics_message(refusal.diagnostics, refusal.more, most_bytes=room)
        status.details.append(_pack(found))
    data: bytes = status.SerializeToString()
    return data


def _diagnostic(item: job.DiagnosticFact) -> pb.Diagnostic:
    return pb.Diagnostic(
        code=fit(item.code, _CODE_BYTES),
        message=fit(item.message, _TEXT_BYTES),
        hint=fit(item.hint, _TEXT_BYTES),
        line=natural(item.line),
        column=natural(item.column),
        end_line=natural(item.end_line),
        end_column=natural(item.end_column),
    )


def _note(count: int, after: job.DiagnosticFact) -> pb.Diagnostic:
    places = "1 more place is" if count == 1 else f"{natural(count)} more places are"
    return pb.Diagnostic(
        code="more",
        message=f"{places} refused after this one",
        hint="fix the first ones first",
        line=natural(after.line),
        column=natural(after.column),
        end_line=natural(after.end_line),
        end_column=natural(after.end_column),
    )


def _pack(message: object) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)  # type: ignore[arg-type]
    return packed
