"""Turn what Modal's library raises into our errors: one table, each row with what to do."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cloche.contract.errors import ClocheError, HostingError, ServerUnavailableError
from cloche.contract.text import visible

if TYPE_CHECKING:
    from types import ModuleType

_LOG_IN = (
    "log in with `modal setup`, or set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET to a token of your "
    "workspace"
)
_FORBIDDEN = (
    "this token may not do it: ask an owner of the workspace for the role, or name another "
    "environment in MODAL_ENVIRONMENT"
)
_QUOTA = (
    "a quota of the workspace is used up: stop what is not needed (cloche stop, modal app list), "
    "keep fewer containers warm, or raise the limit in Modal's settings"
)
_BUILD = (
    "the image did not build: its log, above or in `modal image logs`, says at which step; a "
    "package that wants another release of torch or transformers cannot be installed"
)
# By the name of the exception; of its bases the first that has a row decides.
_ROWS: dict[str, tuple[type[ClocheError], str]] = {
    "AuthError": (HostingError, _LOG_IN),
    "PermissionDeniedError": (HostingError, _FORBIDDEN),
    "ResourceExhaustedError": (HostingError, _QUOTA),
    "ImageBuildError": (HostingError, _BUILD),
    "NotFoundError": (
        HostingError,
        "check the name and the environment (`modal app list`, `modal secret list`)",
    ),
    "ConflictError": (HostingError, "something else changed the app meanwhile; try again"),
    "InvalidError": (HostingError, "Modal does not accept this setting; see docs/modal.md"),
    "VersionError": (HostingError, "upgrade: pip install -U 'cloche[modal]'"),
    "ConnectionError": (
        ServerUnavailableError,
        "Modal cannot be reached: check the network and any proxy",
    ),
    "StreamTerminatedError": (
        ServerUnavailableError,
        "Modal hung up; try again in a minute (what had been deployed before still runs)",
    ),
    "gaierror": (ServerUnavailableError, "Modal cannot be found: check the network and its DNS"),
    "ServiceError": (ServerUnavailableError, "Modal did not answer; try again in a minute"),
    "TimeoutError": (ServerUnavailableError, "Modal took too long; try again in a minute"),
    "Error": (HostingError, "`modal app logs` may say more"),
}
_GPU_ADVICE = (
    "Modal has no such GPU, or none for this workspace: name another, such as 'L4', 'A10', "
    "'A100', 'H100' or 'any'"
)


def library() -> ModuleType:
    """Modal's package. Raises HostingError where it is not installed."""
    if importlib.util.find_spec("modal") is None:
        raise HostingError("Modal's library is not installed: pip install 'cloche[modal]'")
    import modal

    return modal


@contextlib.contextmanager
def translated(doing: str, *, missing: str = "") -> Iterator[None]:
    """Raises what Modal raises as one of ours.

    Args:
        doing: what was tried, such as "deploying probe".
        missing: what to do where Modal finds nothing; None takes the table's advice.
    """
    modal = library()
    from grpclib.exceptions import StreamTerminatedError  # Modal's library lets it through

    ours = (TimeoutError, ConnectionError, socket.gaierror, StreamTerminatedError)
    try:
        yield
    except (*ours, modal.exception.Error) as error:
        raise translate(error, doing, missing=missing) from None


def translate(error: BaseException, doing: str, *, missing: str = "") -> ClocheError:
    """The error of ours for one of Modal's."""
    said = visible(str(error)).strip() or type(error).__name__
    for base in type(error).__mro__:
        if base.__name__ in _ROWS:
            kind, advice = _ROWS[base.__name__]
            if base.__name__ == "NotFoundError" and missing:
                advice = missing
            if base.__name__ == "InvalidError" and "gpu" in said.lower():
                advice = _GPU_ADVICE
            return kind(f"{doing}: {said.rstrip('.')}; {advice}")
    return HostingError(f"{doing}: {said}")
