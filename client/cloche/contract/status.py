"""Map each reason to the gRPC status code and the Python exception that it travels as.

The front aborts a call with the code and a `google.rpc.ErrorInfo` that holds the reason; the
client turns the reason back into the exception. docs/errors.md is written from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from cloche.contract import errors
from cloche.contract.reason import DOMAIN, Reason

__all__ = ["DOMAIN", "STATUS", "Code", "Reason", "Row"]

#: The name of one of gRPC's status codes: `grpc.StatusCode[name]`, where grpc may be imported.
Code: TypeAlias = Literal[
    "ABORTED", "CANCELLED", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION", "INVALID_ARGUMENT",
    "NOT_FOUND", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "UNAUTHENTICATED", "UNAVAILABLE",
]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    code: Code
    exception: type[errors.ClocheError]
    retry: bool
    why: str


STATUS: dict[Reason, Row] = {
    Reason.POLICY: Row(
        "INVALID_ARGUMENT", errors.PolicyError, False,
        "the language wall refused the source; the details hold cloche.v1.Diagnostics",
    ),
    Reason.REQUEST: Row(
        "INVALID_ARGUMENT", errors.InvalidRequestError, False,
        "entry point, arguments or options are wrong; metadata 'field' names the part",
    ),
    Reason.REQUEST_TOO_LARGE: Row(
        "INVALID_ARGUMENT", errors.InvalidRequestError, False,
        "source or arguments are larger than the server takes",
    ),
    Reason.SOURCE_UNKNOWN: Row(
        "NOT_FOUND", errors.InvalidRequestError, False,
        "the server holds no source with this digest; send the source",
    ),
    Reason.TIMEOUT: Row(
        "DEADLINE_EXCEEDED", errors.CallTimeoutError, False,
        "the wall clock ran out and the sandbox was killed",
    ),
    Reason.MEMORY_LIMIT: Row(
        "RESOURCE_EXHAUSTED", errors.MemoryLimitError, False,
        "the call asked for more memory than it may add",
    ),
    Reason.OUTPUT_LIMIT: Row(
        "RESOURCE_EXHAUSTED", errors.OutputLimitError, False,
        "the technique printed more than the call may",
    ),
    Reason.RESULT_LIMIT: Row(
        "RESOURCE_EXHAUSTED", errors.ResultLimitError, False,
        "the encoded result is larger than the call allows",
    ),
    Reason.SANDBOX_DIED: Row(
        "ABORTED", errors.SandboxError, False,
        "the sandbox crashed, or tried a system call that the kernel wall forbids",
    ),
    Reason.CANCELLED: Row(
        "CANCELLED", errors.CallCancelledError, False,
        "the server is stopping",
    ),
    Reason.NOT_READY: Row(
        "UNAVAILABLE", errors.ServerUnavailableError, True,
        "the model is still loading; the call was not started",
    ),
    Reason.MODEL_PROCESS_DIED: Row(
        "UNAVAILABLE", errors.ServerUnavailableError, False,
        "the process that holds the model died during the call and is being started again",
    ),
    Reason.BUSY: Row(
        "RESOURCE_EXHAUSTED", errors.ServerBusyError, True,
        "every place to run and to wait is taken; details hold google.rpc.RetryInfo",
    ),
    Reason.UNAUTHENTICATED: Row(
        "UNAUTHENTICATED", errors.AuthenticationError, False,
        "the server does not know who calls: no token, or one that is wrong, expired or revoked",
    ),
    Reason.FORBIDDEN: Row(
        "PERMISSION_DENIED", errors.PermissionDeniedError, False,
        "the token is not for this: its scopes, or what its tenant may",
    ),
    Reason.RATE_LIMIT: Row(
        "RESOURCE_EXHAUSTED", errors.RateLimitError, True,
        "the tenant has begun as many calls as it may for now; "
        "details hold google.rpc.QuotaFailure",
    ),
    Reason.BUDGET: Row(
        "RESOURCE_EXHAUSTED", errors.BudgetError, False,
        "the token or its tenant has used its model time; details hold google.rpc.QuotaFailure",
    ),
    Reason.SESSION_UNKNOWN: Row(
        "NOT_FOUND", errors.SessionError, False,
        "no session with this handle is open to this caller (any more)",
    ),
    Reason.SESSION_REFUSED: Row(
        "FAILED_PRECONDITION", errors.SessionError, False,
        "the session cannot do that: it keeps no such state, or this server cannot copy it",
    ),
}  # fmt: skip
