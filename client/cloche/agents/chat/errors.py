"""What goes wrong, as OpenAI's API says it: a status, and a body with the field at fault."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

from cloche.contract.errors import (
    AuthenticationError,
    BudgetError,
    CallCancelledError,
    CallTimeoutError,
    ClocheError,
    InvalidRequestError,
    LimitError,
    MemoryLimitError,
    OutputLimitError,
    PermissionDeniedError,
    PolicyError,
    ResultLimitError,
    SandboxError,
    ServerBusyError,
    ServerError,
    ServerUnavailableError,
    SourceError,
    TechniqueError,
    WireError,
)

_INVALID: Final = "invalid_request_error"


@dataclass(eq=False)
class ApiError(Exception):
    """An answer other than a completion."""

    status: int
    message: str
    kind: str = _INVALID
    param: str | None = None
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        about = {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }
        return {"error": about}


def invalid(param: str | None, message: str, code: str | None = None) -> ApiError:
    """The request is wrong, and `param` says where."""
    return ApiError(400, message, param=param, code=code)


def of_cloche(error: ClocheError) -> ApiError:
    """What the server said. The operator's own technique is not shown: it may hide a prompt."""
    text = str(error)
    match error:
        case AuthenticationError():
            return unauthenticated(text)
        case PermissionDeniedError():
            return ApiError(403, text, "permission_error", code="permission_denied")
        case BudgetError():
            return ApiError(
                429, text, "insufficient_quota", code="insufficient_quota",
                headers=_after(error.retry_after_s),
            )  # fmt: skip
        case ServerBusyError():
            return ApiError(
                429, text, "rate_limit_error", code="rate_limit_exceeded",
                headers=_after(error.retry_after_s),
            )  # fmt: skip
        case ServerUnavailableError() | CallCancelledError():
            return ApiError(503, text, "server_error", code="unavailable")
        # No 5xx: clients send those again, and it would end in the same way.
        case LimitError():
            hint = "ask for fewer tokens or answers (max_tokens, n), or send shorter messages"
            return ApiError(400, f"{_exceeded(error)}; {hint}", code="limit_reached")
        case InvalidRequestError(field="model"):
            return ApiError(404, text, param="model", code="model_not_found")
        case InvalidRequestError() | WireError():
            return ApiError(400, text, code="invalid_request")
        case TechniqueError():
            what = "the model could not be prepared, or could not answer"
            return ApiError(500, what, "server_error", code="technique_failed")
        case PolicyError() | SourceError():
            what = "the technique that prepares the model is refused by the server"
            return ApiError(500, what, "server_error", code="technique_refused")
        case SandboxError():
            return ApiError(500, "the sandbox died", "server_error", code="sandbox_died")
        case ServerError():
            return ApiError(502, text, "server_error", code="server_failed")
    return ApiError(500, "the call failed", "server_error")


def _exceeded(error: LimitError) -> str:
    """In words of ours: the server's show the line that ran, which may hide a prompt."""
    match error:
        case CallTimeoutError():
            return "the answer took longer than a call may"
        case MemoryLimitError():
            return "the answer took more memory than a call may"
        case OutputLimitError():
            return "more was written than a call may"
        case ResultLimitError():
            return "the answer is larger than a call's result may be"
    return "a limit of the server ended the call"


def unauthenticated(text: str) -> ApiError:
    """Whoever calls has to say who they are."""
    return ApiError(
        401, text, "authentication_error", code="invalid_api_key",
        headers={"WWW-Authenticate": "Bearer"},
    )  # fmt: skip


def _after(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(seconds))} if 0 < seconds < 1e6 else {}
