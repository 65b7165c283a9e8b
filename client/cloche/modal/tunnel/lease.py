"""A lease: one held HTTP request, for which a container says where its tunnel is.

See `cloche_server.hosting.tunnel.leases` for the other end.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import urllib.error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import grpc

from cloche.contract.errors import HostingError
from cloche.contract.text import one_line
from cloche.modal._http import get

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEASE_PATH = "/cloche/lease"
_LARGEST_BYTES = 4096
_ADDRESS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?:(\d{1,5})")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")
# As gRPC reads an HTTP status that is not 200.
_CODES = {
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.UNIMPLEMENTED,
    429: grpc.StatusCode.UNAVAILABLE,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.UNAVAILABLE,
}


class NoLease(grpc.RpcError, grpc.Call):
    """A call ended before it began: there was no lease for it, or it was cancelled."""

    def __init__(
        self, code: grpc.StatusCode, details: str, *, trailing: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(details)
        self._code, self._details, self._trailing = code, details, trailing

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def initial_metadata(self) -> tuple[()]:
        return ()

    def trailing_metadata(self) -> Any:
        return self._trailing

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> float:
        return 0.0

    def cancel(self) -> bool:
        return False

    def add_callback(self, callback: Callable[[], Any]) -> bool:
        return False


@dataclass(frozen=True)
class Lease:
    """Good until it is closed; a call that has begun with it goes on after that."""

    address: str
    token: str = field(repr=False)
    _held: http.client.HTTPResponse = field(repr=False)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._held.close()


def take_lease(url: str, headers: Mapping[str, str], *, timeout_s: float) -> Lease:
    """Asks for one, through whatever proxy the environment names.

    Args:
        url: of the deployment, beginning with https://.
        timeout_s: how long no container may answer.

    Raises:
        NoLease: nobody answers, or with something else than a lease.
        HostingError: the answer is no lease of ours.
    """
    try:
        held = get(url + LEASE_PATH, headers, timeout_s=timeout_s)
    except urllib.error.HTTPError as error:
        with contextlib.closing(error):
            code = _CODES.get(error.code, grpc.StatusCode.UNKNOWN)
            after = error.headers.get("retry-after") or ""
            raise NoLease(
                code,
                f"asking for a lease: HTTP status: {error.code}",
                trailing=(("retry-after", after),) if after else (),
            ) from None
    except (OSError, http.client.HTTPException) as error:
        raise _unreachable(error) from None
    try:
        address, token = _read(held.readline(_LARGEST_BYTES))
    except (OSError, http.client.HTTPException) as error:
        held.close()
        raise _unreachable(error) from None
    except BaseException:
        held.close()
        raise
    return Lease(address, token, held)


def _unreachable(error: Exception) -> NoLease:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    late = isinstance(reason, TimeoutError)
    code = grpc.StatusCode.DEADLINE_EXCEEDED if late else grpc.StatusCode.UNAVAILABLE
    return NoLease(code, f"asking for a lease: {reason}")


def _read(line: bytes) -> tuple[str, str]:
    """Bound and checked: whoever answers may be anybody who took the container over."""
    try:
        told = json.loads(line)
        address, token = told["address"], told["token"]
        port = _ADDRESS.fullmatch(address)
        if port and 0 < int(port[1]) < 1 << 16 and _TOKEN.fullmatch(token):
            return address, token
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    raise HostingError(
        f"a container answered with no lease ({one_line(repr(line), 60)}); deploy again with this "
        "version of Cloche"
    )
