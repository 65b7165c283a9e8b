"""A server behind a proxy that ends TLS and starts containers: how it is reached, and what the
proxy's own answers mean. Needs its URL and a proxy token, no account with Modal.
"""

from __future__ import annotations

import contextlib
import http.client
import math
import os
import re
import time
import urllib.error
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import grpc

from cloche.contract.address import names_tls
from cloche.contract.errors import (
    CallCancelledError,
    HostingError,
    InvalidRequestError,
    ServerError,
    ServerUnavailableError,
)
from cloche.contract.text import one_line
from cloche.modal._http import get
from cloche.tls import Tls

if TYPE_CHECKING:
    from collections.abc import Iterable

ProxyToken = tuple[str, str]
TOKEN_ENV = ("MODAL_PROXY_TOKEN_ID", "MODAL_PROXY_TOKEN_SECRET")
TOKEN_ADVICE = (
    "make a token with `modal workspace proxy-tokens create` and give it as proxy_token=(id, "
    f"secret) or in {TOKEN_ENV[0]} and {TOKEN_ENV[1]}"
)
# Those whose proxies take the tokens that the environment has.
_MODAL_HOSTS: Final = (".modal.direct", ".modal.run")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
# What gRPC says where HTTP/2, or its trailers, end at a proxy.
_NO_TRAILERS = "with END_STREAM flag"
_NO_GRPC = (_NO_TRAILERS, "selected ALPN")
# HTTP statuses of a proxy that has nobody for the call, and has told nobody of it.
_NOBODY = re.compile(r"status: (429|503)\b")
# Those after which a question may be asked again.
_LATER = re.compile(r"status: (429|502|503|504)\b")
# What gRPC says where no proxy was reached.
_NOT_REACHED = ("ailed to connect", "DNS resolution failed", "mpty address list")
# The page that a proxy has for browsers is looked at no more often.
_PAGE_S, _PAGE_EVERY_S = 5.0, 5.0
# However long a proxy says that it takes: a container may be there sooner.
_LONGEST_WAIT_S = 30.0
_BROKE = "the connection to the container broke during the call"
_AGAIN = "it may have been replaced or preempted: run the call again"
NO_CONTAINER = "waiting for a container"


class _ProxyAuth(grpc.AuthMetadataPlugin):
    """Modal-Key and Modal-Secret; header names are in lower case in HTTP/2."""

    def __init__(self, token: ProxyToken) -> None:
        self._metadata = _headers(token)

    def __call__(
        self, context: grpc.AuthMetadataContext, callback: grpc.AuthMetadataPluginCallback
    ) -> None:
        callback(self._metadata, None)


@dataclass(frozen=True)
class _Page:
    """What a proxy said over HTTP/1.1, where its answer can be read whole."""

    status: int = 0
    retry_after_s: float = 0.0


@dataclass(eq=False)
class EdgeServer:
    """Made with `edge_at`. Its methods may be called from several threads."""

    # What its users call it.
    name: str
    address: str
    token: ProxyToken | None = field(repr=False)
    _page_at: float = field(default=-math.inf, repr=False, kw_only=True)
    _page: _Page = field(default_factory=_Page, repr=False, kw_only=True)

    def channel(self, options: list[tuple[str, int]]) -> grpc.Channel:
        """TLS to the proxy, and the token with every call where one is wanted."""
        tls = Tls().credentials()
        if self.token is not None:
            # As call credentials gRPC sends them over TLS only.
            given = grpc.metadata_call_credentials(_ProxyAuth(self.token))
            tls = grpc.composite_channel_credentials(tls, given)
        return grpc.secure_channel(self.address, tls, options=options)

    def stage(self) -> str:
        """What is known while nobody answers yet."""
        return NO_CONTAINER

    def turned_away(self, error: grpc.RpcError) -> bool:
        """Whether the proxy, not a server of ours, answered that no container takes the call.

        It says so with an HTTP status, before any container has seen the call.
        """
        if not isinstance(error, grpc.Call):
            return False
        details = error.details() or ""
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            return "http2 header with " in details and _NOBODY.search(details) is not None
        # gRPC may come to the end of the proxy's page before the status ahead of it. Calls go where
        # a server has answered, and it says that it has a call before it begins and before an end.
        return _NO_TRAILERS in details

    def starting(self, error: grpc.RpcError) -> bool:
        """Whether the proxy answered a question itself, in any way in which proxies say "later"."""
        if not isinstance(error, grpc.Call):
            return False
        if error.code() is grpc.StatusCode.CANCELLED:
            return True  # it came upon a container that was about to end
        details = error.details() or ""
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            # Some proxies answer as gRPC servers do, with the status in trailers and any words.
            return not any(sign in details for sign in _NOT_REACHED)
        return _NO_TRAILERS in details and says_later(f"status: {self._look().status}")

    def retry_after_s(self, error: grpc.RpcError) -> float:
        """How long the proxy wants to be left alone, within reason; 0: it does not say."""
        if not isinstance(error, grpc.Call):
            return 0.0
        said = _seconds(value for name, value in _metadata(error) if name == "retry-after")
        if not said and (says_later(error.details()) or _NO_TRAILERS in (error.details() or "")):
            # gRPC keeps the headers of a page to itself.
            said = self._look().retry_after_s
        return min(said, _LONGEST_WAIT_S)

    def explain(self, failure: Exception, *, answered: bool) -> Exception:
        """Adds what to do where the proxy refused."""
        text = str(failure)
        if isinstance(failure, ServerError) and "refuses this caller" in text:
            held = "the proxy token was refused" if self.token else "it wants a proxy token"
            return HostingError(f"{self.name}: {held} ({text}); {TOKEN_ADVICE}")
        if isinstance(failure, ServerError) and "status: 404" in text:
            return HostingError(
                f"{self.name}: nothing is served at {self.address} any more; {self._if_gone()}"
            )
        if answered and _NO_TRAILERS in text:
            return ServerUnavailableError(f"{self.name}: {_BROKE} ({text}); {_AGAIN}")
        if self._without_grpc(text):
            return HostingError(
                f"{self.name}: the proxy does not carry gRPC ({text}); on Modal, deploy again with "
                "--endpoint tunnel, and name the app (docs/modal.md)"
            )
        if isinstance(failure, CallCancelledError) and text == "CANCELLED":
            # A server that ends a call says why; gRPC turns a new one away without a word.
            return ServerUnavailableError(
                f"{self.name}: the call came upon a container that was about to end; {_AGAIN}"
            )
        if "RST_STREAM" in text:
            return ServerUnavailableError(f"{self.name}: {_BROKE} ({text}); {_AGAIN}")
        if isinstance(failure, ServerUnavailableError):
            return ServerUnavailableError(f"{self.name}: {text}; {self._last_known()}")
        return failure

    def _asks(self) -> dict[str, str]:
        """The headers of a request."""
        return {} if self.token is None else dict(_headers(self.token))

    def _if_gone(self) -> str:
        return "ask whoever deployed it where it is now"

    def _last_known(self) -> str:
        return f"last known: {self.stage()}"

    def _without_grpc(self, text: str) -> bool:
        return any(sign in text for sign in _NO_GRPC)

    def _look(self) -> _Page:
        now = time.monotonic()
        if now - self._page_at >= _PAGE_EVERY_S:
            self._page_at = now
            self._page = _page(f"https://{self.address}/", self._asks())
        return self._page


def edge_at(address: str, *, proxy_token: ProxyToken | None = None) -> EdgeServer:
    """The server at a URL, or at "host:port" over TLS.

    Args:
        proxy_token: (id, secret); None takes the environment's for a host of Modal's, and none for
            others: a token is shown to nobody else by accident.

    Raises:
        InvalidRequestError: the address or the token is none.
    """
    text = address if names_tls(address) else f"https://{address}"
    found = host_and_port(text)
    if found is None or urlsplit(text).path not in ("", "/"):
        raise InvalidRequestError(
            f"address is {one_line(repr(address), 100)}; with TLS it must be 'https://host' or "
            "'host:port', a host by its name",
            field="address",
        )
    token = checked_token(proxy_token)
    if token is None and found.partition(":")[0].endswith(_MODAL_HOSTS):
        token = token_of_environment()
    return EdgeServer(found, found, token)


def host_and_port(url: str) -> str | None:
    """The address in a URL of a host by its name; None: it is none."""
    with contextlib.suppress(ValueError):  # no port, or half an IPv6 address
        parts = urlsplit(url)
        if parts.scheme == "https" and _HOST.fullmatch(parts.hostname or ""):
            return f"{parts.hostname}:{parts.port or 443}"
    return None


def checked_token(given: ProxyToken | None) -> ProxyToken | None:
    """Raises InvalidRequestError for what is no token."""
    pair = isinstance(given, tuple) and len(given) == 2
    if given is None or (pair and all(isinstance(part, str) and part for part in given)):
        return given
    raise InvalidRequestError(
        "proxy_token must be a pair of texts, (id, secret)", field="proxy_token"
    )


def token_of_environment() -> ProxyToken | None:
    key, secret = (os.environ.get(name, "") for name in TOKEN_ENV)
    return (key, secret) if key and secret else None


def says_later(details: str | None) -> bool:
    """Whether an answer's HTTP status says that nobody takes a question now."""
    return _LATER.search(details or "") is not None


def _page(url: str, headers: dict[str, str]) -> _Page:
    try:
        with get(url, headers, timeout_s=_PAGE_S) as answer:
            return _Page(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return _Page(error.code, _seconds([error.headers.get("retry-after") or ""]))
    except (OSError, http.client.HTTPException):
        return _Page()


def _metadata(error: grpc.Call) -> list[tuple[str, str | bytes]]:
    return [(name, value) for name, value in error.trailing_metadata() or ()]


def _seconds(values: Iterable[str | bytes]) -> float:
    """The first that is a whole number of seconds; a date is not taken, clocks differ."""
    for value in values:
        text = value if isinstance(value, str) else ""
        if text.isascii() and text.isdigit() and len(text) < 10:
            return float(text)
    return 0.0


def _headers(token: ProxyToken) -> tuple[tuple[str, str], ...]:
    return (("modal-key", token[0]), ("modal-secret", token[1]))
