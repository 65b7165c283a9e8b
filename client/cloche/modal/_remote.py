"""A server on Modal as the connection sees it: where, with which credentials, and what is known
while no container answers yet.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import grpc

from cloche.contract.errors import (
    ClocheError,
    HostingError,
    InvalidRequestError,
    ServerError,
    ServerUnavailableError,
)
from cloche.contract.text import one_line
from cloche.modal._deploy import no_app, server_of
from cloche.modal._errors import translated
from cloche.modal._lease import Lease, NoLease, take_lease
from cloche.modal._tunnel import TunnelChannel

if TYPE_CHECKING:
    import modal

ProxyToken = tuple[str, str]
TOKEN_ENV = ("MODAL_PROXY_TOKEN_ID", "MODAL_PROXY_TOKEN_SECRET")
_TOKEN_ADVICE = (
    "make a token with `modal workspace proxy-tokens create` and give it as proxy_token=(id, "
    f"secret) or in {TOKEN_ENV[0]} and {TOKEN_ENV[1]}"
)
# Modal is asked no more often than this what its containers are doing.
_ASK_EVERY_S = 2.0
# Whoever asks again after so long waits for another start: what was logged before is not its.
_FORGET_AFTER_S = 30.0
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
# What gRPC says where HTTP/2, or its trailers, end at a proxy.
_NO_TRAILERS = "with END_STREAM flag"
_NO_GRPC = (_NO_TRAILERS, "selected ALPN")
# HTTP statuses of a proxy that has nobody for the request now: a question may be asked again.
_NOBODY = "status: 503"
_LATER = re.compile(r"status: (429|502|503|504)\b")
# What gRPC says where no proxy was reached.
_NOT_REACHED = ("ailed to connect", "DNS resolution failed", "mpty address list")
_PAGE_S = 5.0
_BROKE = "the connection to the container broke during the call"
_AGAIN = "it may have been replaced or preempted: run the call again"
_NO_CONTAINER = "waiting for a container"
# A front's log line: level, logger, text.
_STAGE_LOGGER = " cloche_server.front.supervisor: "


class _ProxyAuth(grpc.AuthMetadataPlugin):
    """Modal-Key and Modal-Secret; header names are in lower case in HTTP/2."""

    def __init__(self, token: ProxyToken) -> None:
        self._metadata = _headers(token)

    def __call__(
        self, context: grpc.AuthMetadataContext, callback: grpc.AuthMetadataPluginCallback
    ) -> None:
        callback(self._metadata, None)


def _later(details: str | None) -> bool:
    return _LATER.search(details or "") is not None


def _headers(token: ProxyToken) -> tuple[tuple[str, str], ...]:
    return (("modal-key", token[0]), ("modal-secret", token[1]))


@dataclass(eq=False)
class ModalServer:
    """Found with `find`. `stage` and `explain` may be called from several threads."""

    app_name: str
    address: str
    token: ProxyToken | None = field(repr=False)
    # Calls come in through tunnels, for which the address gives leases.
    tunnelled: bool
    _server: modal.Server
    _asked_at: float = -math.inf
    _since: datetime = field(default_factory=lambda: datetime.now(UTC))
    _stage: str = _NO_CONTAINER

    def channel(self, options: list[tuple[str, int]]) -> grpc.Channel:
        """TLS to Modal's proxy or tunnel, and the token with every call where one is wanted."""
        roots = os.environ.get("SSL_CERT_FILE")
        tls = grpc.ssl_channel_credentials(Path(roots).read_bytes() if roots else None)
        if self.tunnelled:
            return TunnelChannel(self._lease, tls, options)
        if self.token is not None:
            # As call credentials gRPC sends them over TLS only.
            given = grpc.metadata_call_credentials(_ProxyAuth(self.token))
            tls = grpc.composite_channel_credentials(tls, given)
        return grpc.secure_channel(self.address, tls, options=options)

    def _lease(self, timeout_s: float) -> Lease:
        return take_lease(f"https://{self.address}", self._asks(), timeout_s=timeout_s)

    def _asks(self) -> dict[str, str]:
        return {} if self.token is None else dict(_headers(self.token))

    def stage(self) -> str:
        """What is known of a start: no container yet, one starting, or what it last logged."""
        now = time.monotonic()
        if now - self._asked_at > _FORGET_AFTER_S:
            self._since = datetime.now(UTC)
        if now - self._asked_at >= _ASK_EVERY_S:
            self._asked_at = now
            # It is only for show: the wait itself does not depend on it.
            with contextlib.suppress(ClocheError), translated("asking Modal"):
                self._stage = self._ask()
        return self._stage

    def _ask(self) -> str:
        stages = [
            entry.message.partition(_STAGE_LOGGER)[2]
            for entry in self._server.logs.tail(20)
            if _STAGE_LOGGER in entry.message and entry.timestamp >= self._since
        ]
        if stages:
            return f"model: {one_line(stages[-1], 60)}"
        if self._server.stats().container_creating_at_end_count:
            return "a container is starting"
        return _NO_CONTAINER

    def turned_away(self, error: grpc.RpcError) -> bool:
        """Whether Modal's proxy, not a server of ours, answered that no container takes the call.

        It says so with an HTTP status, before any container has seen the call. A call without a
        lease has not begun either.
        """
        if isinstance(error, NoLease):
            held = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            return held or _NOBODY in error.details()
        if not isinstance(error, grpc.Call):
            return False
        details = error.details() or ""
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            return "http2 header with " in details and _NOBODY in details
        # gRPC may come to the end of the proxy's page before the status ahead of it. Calls go where
        # a server has answered, and it says that it has a call before it begins and before an end.
        return _NO_TRAILERS in details

    def starting(self, error: grpc.RpcError) -> bool:
        """Whether the proxy answered a question itself, in any way in which proxies say "later"."""
        if isinstance(error, NoLease):
            return self.turned_away(error) or _later(error.details())
        if not isinstance(error, grpc.Call):
            return False
        details = error.details() or ""
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            # Some proxies answer as gRPC servers do, with the status in trailers and any words.
            return not any(sign in details for sign in _NOT_REACHED)
        return _NO_TRAILERS in details and _later(self._page())

    def _page(self) -> str:
        """What the proxy says to a browser."""
        try:
            take_lease(f"https://{self.address}", self._asks(), timeout_s=_PAGE_S).close()
        except NoLease as error:
            return error.details()
        except HostingError:
            pass
        return ""

    def explain(self, failure: Exception, *, answered: bool) -> Exception:
        """Adds what to do where Modal's proxy refused."""
        text = str(failure)
        if isinstance(failure, ServerError) and "refuses this caller" in text:
            held = "the proxy token was refused" if self.token else "it wants a proxy token"
            return HostingError(f"{self.app_name}: {held} ({text}); {_TOKEN_ADVICE}")
        if isinstance(failure, ServerError) and "status: 404" in text:
            return HostingError(
                f"{self.app_name}: nothing is served at {self.address} any more; "
                f"{no_app(self.app_name)}"
            )
        if answered and _NO_TRAILERS in text:
            return ServerUnavailableError(f"{self.app_name}: {_BROKE} ({text}); {_AGAIN}")
        if not self.tunnelled and any(sign in text for sign in _NO_GRPC):
            return HostingError(
                f"{self.app_name}: Modal's proxy does not carry gRPC ({text}); deploy again with "
                "--endpoint tunnel (docs/modal.md)"
            )
        if "RST_STREAM" in text:
            return ServerUnavailableError(f"{self.app_name}: {_BROKE} ({text}); {_AGAIN}")
        if isinstance(failure, ServerUnavailableError):
            return ServerUnavailableError(
                f"{self.app_name}: {text}; last known: {self._stage}. `cloche logs "
                f"{self.app_name}` shows what its containers say"
            )
        return failure


def find(
    app_name: str, *, proxy_token: ProxyToken | None = None, environment: str | None = None
) -> ModalServer:
    """Asks Modal where the app's server is and whether it wants a token.

    Args:
        proxy_token: (id, secret); None takes it from the environment.

    Raises:
        HostingError: not logged in, no such app, or no server of ours in it.
        InvalidRequestError: it wants a token and there is none.
    """
    with translated(f"looking up {app_name}", missing=no_app(app_name)):
        server = server_of(app_name, environment)
        url = server.get_url()
        info = server.info()
        wants_token = not info.unauthenticated
    if not url:
        raise HostingError(f"looking up {app_name}: Modal gives no URL for it; {no_app(app_name)}")
    token = _token(proxy_token)
    if wants_token and token is None:
        raise InvalidRequestError(
            f"{app_name} wants a proxy token; {_TOKEN_ADVICE}", field="proxy_token"
        )
    token = token if wants_token else None
    return ModalServer(app_name, _address(url), token, not info.h2_enabled, server)


def _token(given: ProxyToken | None) -> ProxyToken | None:
    if given is None:
        key, secret = (os.environ.get(name, "") for name in TOKEN_ENV)
        return (key, secret) if key and secret else None
    pair = isinstance(given, tuple) and len(given) == 2
    if not pair or not all(isinstance(part, str) and part for part in given):
        raise InvalidRequestError(
            "proxy_token must be a pair of texts, (id, secret)", field="proxy_token"
        )
    return given


def _address(url: str) -> str:
    """Raises HostingError unless it is the address of a host by name."""
    with contextlib.suppress(ValueError):  # no port, or half an IPv6 address
        parts = urlsplit(url)
        if parts.scheme == "https" and _HOST.fullmatch(parts.hostname or ""):
            return f"{parts.hostname}:{parts.port or 443}"
    raise HostingError(
        f"Modal gave {one_line(repr(url), 100)} as the server's URL; it should begin with "
        "https:// and a host's name"
    )
