"""The reasons for which a call may be refused. Imports nothing: sandboxes speak of them too."""

from __future__ import annotations

from enum import StrEnum

DOMAIN = "cloche"


class Reason(StrEnum):
    """What `google.rpc.ErrorInfo.reason` may say in the domain "cloche"."""

    POLICY = "POLICY"
    REQUEST = "REQUEST"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    SOURCE_UNKNOWN = "SOURCE_UNKNOWN"
    TIMEOUT = "TIMEOUT"
    MEMORY_LIMIT = "MEMORY_LIMIT"
    OUTPUT_LIMIT = "OUTPUT_LIMIT"
    RESULT_LIMIT = "RESULT_LIMIT"
    SANDBOX_DIED = "SANDBOX_DIED"
    CANCELLED = "CANCELLED"
    NOT_READY = "NOT_READY"
    MODEL_PROCESS_DIED = "MODEL_PROCESS_DIED"
    BUSY = "BUSY"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMIT = "RATE_LIMIT"
    BUDGET = "BUDGET"
    SESSION_UNKNOWN = "SESSION_UNKNOWN"
    SESSION_REFUSED = "SESSION_REFUSED"
