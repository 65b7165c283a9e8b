"""Turn what the wire reports into the exception that the caller sees.

A server's words are shown, never obeyed: controls in them are written as escapes.
"""

from __future__ import annotations

from typing import Any, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from cloche.client.events import seconds
from cloche.contract import errors
from cloche.contract.status import DOMAIN, STATUS, Reason
from cloche.contract.text import visible
from cloche.contract.versions import own_version, skew
from cloche.source.places import locate_diagnostic, locate_frames, locate_line, locate_traceback
from cloche.source.technique import NOWHERE, Technique
from cloche.v1 import execution_pb2 as pb

# What gRPC says where nobody listens.
_REFUSED = {
    "Connection refused": "connection refused",
    "No such file or directory": "there is no such socket",
}
# What it says of a connection that was there.
_BROKEN = (
    "ocket closed", "tream removed", "GOAWAY", "goaway", "RST_STREAM", "reset by peer",
    "roken pipe", "pings", "eepalive", "ping timeout", "recvmsg", "ransport closed",
)  # fmt: skip

_Message = TypeVar("_Message", bound=Message)


def from_rpc(
    error: grpc.RpcError,
    *,
    address: str,
    technique: Technique = NOWHERE,
    accepted: bool | None = None,
    server: str = "",
) -> errors.ClocheError:
    """Returns the exception for a call that gRPC ended: by the reason in its details where the
    server gave one, else by the status code alone.

    Args:
        technique: whose lines a refusal is told in.
        accepted: whether the server had said that it has the call; None: it was a question.
        server: the version that it has said, if any.
    """
    failure = _from_details(error, address, technique, accepted, server)
    info = _info(error)
    failure.session_ended = info is not None and info.metadata.get("session") == "ended"
    return failure


def _from_details(
    error: grpc.RpcError,
    address: str,
    technique: Technique,
    accepted: bool | None,
    server: str,
) -> errors.ClocheError:
    status = _status(error)
    diagnostics: tuple[errors.Diagnostic, ...] = ()
    field, line, retry_after_s = "", 0, 1.0
    reason, strange = reason_of(error), ""
    for detail in status.details if status is not None else ():
        if info := _unpacked(detail, error_details_pb2.ErrorInfo):
            field = info.metadata.get("field", field)
            line = _natural(info.metadata.get("line", ""))
            if info.domain == DOMAIN and reason is None:
                strange = visible(info.reason)
        elif retry := _unpacked(detail, error_details_pb2.RetryInfo):
            retry_after_s = max(0.0, seconds(retry.retry_delay))
        elif bad := _unpacked(detail, error_details_pb2.BadRequest):
            field = field or next((v.field for v in bad.field_violations), "")
        elif message := _unpacked(detail, pb.Diagnostics):
            diagnostics = from_diagnostics(message, technique)
    if status is not None and strange:
        return errors.ServerError(
            f"{visible(status.message)} ({strange}, a reason that this client does not know: "
            f"{skew(server)})"
        )
    if status is None or reason is None:
        return _from_code(error, address, accepted, server)
    text = locate_line(visible(status.message), line, technique)
    kind = STATUS[reason].exception
    if kind is errors.PolicyError:
        return errors.PolicyError(diagnostics, text)
    if kind is errors.InvalidRequestError:
        return errors.InvalidRequestError(text, field=visible(field))
    if issubclass(kind, (errors.ServerBusyError, errors.BudgetError)):
        return kind(text, retry_after_s=retry_after_s)
    return kind(text)


def _natural(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def reason_of(error: grpc.RpcError) -> Reason | None:
    """The reason that the server gave, if it gave one of ours."""
    info = _info(error)
    return Reason(info.reason) if info is not None and info.reason in STATUS else None


def _info(error: grpc.RpcError) -> error_details_pb2.ErrorInfo | None:
    """What the server says of the reason, in our words."""
    status = _status(error)
    for detail in status.details if status is not None else ():
        info = _unpacked(detail, error_details_pb2.ErrorInfo)
        if info is not None and info.domain == DOMAIN:
            return info
    return None


def _status(error: grpc.RpcError) -> Any:
    """The status with its details; None where there is none, or it contradicts the call's own."""
    try:
        return rpc_status.from_call(error)  # type: ignore[arg-type]  # a call that failed is a Call too
    except (ValueError, DecodeError):
        return None


def _unpacked(detail: Any, kind: type[_Message]) -> _Message | None:
    message = kind()
    try:
        return message if detail.Unpack(message) else None
    except DecodeError:
        return None


def from_failure(failure: pb.TechniqueFailure, technique: Technique) -> errors.TechniqueError:
    """The technique's own exception, its traceback in the lines that the caller wrote."""
    frames = tuple(
        errors.Frame(
            function=visible(f.function), line=f.line, column=f.column, text=visible(f.text)
        )
        for f in failure.frames
    )
    kind, message = visible(failure.type), visible(failure.message)
    traceback = locate_traceback(visible(failure.traceback), technique)
    if traceback.strip() == f"{kind}: {message}":
        traceback = ""  # no line of the technique's had begun: it says nothing more
    return errors.TechniqueError(
        type=kind, message=message, frames=locate_frames(frames, technique), traceback=traceback
    )


def from_diagnostics(
    message: pb.Diagnostics, technique: Technique
) -> tuple[errors.Diagnostic, ...]:
    """What the language wall said, in the lines that the caller wrote."""
    return tuple(
        locate_diagnostic(
            errors.Diagnostic(
                code=visible(item.code),
                message=visible(item.message),
                hint=visible(item.hint),
                line=item.line,
                column=item.column,
                end_line=item.end_line,
                end_column=item.end_column,
            ),
            technique,
        )
        for item in message.items
    )


def refused(error: grpc.RpcError) -> bool:
    """Whether nobody listens there: the machine itself said so."""
    return any(sign in details_of(error) for sign in _REFUSED)


def unavailable(address: str, detail: str) -> errors.ServerUnavailableError:
    """Nobody answers: says where, and what to look at."""
    for sign, said in _REFUSED.items():
        if sign in detail:
            detail = said
    if address.startswith("unix:"):
        check = "is the server running, and may this user open the socket?"
    else:
        check = (
            "is the server running (cloche serve ... --listen), are host and port right, and does "
            "a firewall or proxy let HTTP/2 through?"
        )
    said = f" ({detail})" if detail else ""
    return errors.ServerUnavailableError(f"no Cloche server answers at {address}{said}; {check}")


def lost(address: str, detail: str, *, accepted: bool | None) -> errors.ServerUnavailableError:
    """There was a connection, and it ended: says what that means for the call."""
    said = f" ({detail})" if detail else ""
    when = {None: "", True: " after the call had begun", False: " before the call had begun"}
    what = {
        None: "; ask again",
        True: "; the call's result is lost with it, so run it again",
        False: "; run it again",
    }
    return errors.ServerUnavailableError(
        f"the connection to the server at {address} was lost{when[accepted]}{said}: the server was "
        f"ended, or the network broke{what[accepted]}"
    )


def _from_code(
    error: grpc.RpcError, address: str, accepted: bool | None, server: str
) -> errors.ClocheError:
    """For statuses that gRPC itself, a proxy or another service made."""
    code, details = _code(error), details_of(error)
    match code:
        case grpc.StatusCode.UNAVAILABLE if accepted or any(s in details for s in _BROKEN):
            return lost(address, details, accepted=accepted)
        case grpc.StatusCode.UNAVAILABLE:
            return unavailable(address, details)
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return errors.ServerUnavailableError(
                f"the server at {address} did not answer in time: it is frozen, overloaded or cut "
                "off"
            )
        case grpc.StatusCode.CANCELLED:
            return errors.CallCancelledError(details or "the call was cancelled")
        case grpc.StatusCode.UNIMPLEMENTED:
            if server:
                return errors.ServerError(
                    f"the server at {address} lacks what this client asks for ({details}): "
                    f"{skew(server)}; upgrade the older of the two"
                )
            return errors.ServerError(
                f"{address} answers, but not to cloche.v1: another service, or a server too old "
                f"for this client, which is Cloche {own_version()} ({details})"
            )
        case grpc.StatusCode.UNAUTHENTICATED:
            return errors.AuthenticationError(f"{address} refuses this caller: {details}")
        case grpc.StatusCode.PERMISSION_DENIED:
            return errors.PermissionDeniedError(f"{address} refuses this caller: {details}")
        case grpc.StatusCode.INVALID_ARGUMENT:
            return errors.InvalidRequestError(details)
        case grpc.StatusCode.RESOURCE_EXHAUSTED if "message" in details and "max" in details:
            return errors.InvalidRequestError(
                f"a message is larger than it may be between here and {address} ({details}); pass "
                "smaller arguments",
                field="args",
            )
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return errors.ServerBusyError(details or f"{address} has no room for the call")
    return errors.ServerError(f"{address} failed: {code.name if code else 'UNKNOWN'}: {details}")


def _code(error: grpc.RpcError) -> grpc.StatusCode | None:
    return error.code() if isinstance(error, grpc.Call) else None


def details_of(error: grpc.RpcError) -> str:
    """What the status says in words, fit to show."""
    return visible((error.details() or "") if isinstance(error, grpc.Call) else str(error))
