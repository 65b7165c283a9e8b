"""Where HTTP listens, and behind what: by the rules of `cloche serve`.

On this machine nobody has to be known. Anywhere else there are TLS and callers' own tokens, or the
operator has said that something in front has both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cloche.contract.address import is_address, is_local
from cloche.contract.errors import InvalidRequestError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

# What answers are given to end in when the program is told to.
_DRAIN_S: Final = 5


@dataclass(frozen=True, kw_only=True)
class Listening:
    """An address with what protects it."""

    address: str
    certificate: Path | None = None
    key: Path | None = None
    unprotected: bool = False

    def __post_init__(self) -> None:
        """Raises InvalidRequestError."""
        if self.address.startswith("unix:") or not is_address(self.address):
            raise self._refused("write it as 127.0.0.1:8765")
        if (self.certificate is None) != (self.key is None):
            raise self._refused("a certificate and its key belong together; give both")

    @property
    def is_exposed(self) -> bool:
        """Whether other machines reach it, and nothing in front asks them who they are."""
        return not is_local(self.address) and not self.unprotected

    @property
    def url(self) -> str:
        """For people."""
        return f"{'http' if self.certificate is None else 'https'}://{self.address}"

    def require_protected(self, *, passes_tokens: bool) -> None:
        """Raises InvalidRequestError where strangers could call, or listen on the way.

        Args:
            passes_tokens: callers' tokens go to a server that looks at them.
        """
        if not self.is_exposed:
            return
        if not passes_tokens:
            raise self._refused(
                "callers are not asked for a token, so only this machine may call; take 127.0.0.1, "
                "or a server at --address that wants tokens, without --own-token"
            )
        if self.certificate is None:
            raise self._refused(
                "tokens would go in clear, so only this machine may call; give --tls-cert and "
                "--tls-key, or say --unprotected where something in front has TLS"
            )

    def require_tokens(self, *, wanted: bool) -> None:
        """Raises InvalidRequestError where the server behind it asks nobody for a token."""
        if self.is_exposed and not wanted:
            raise self._refused(
                "the server behind it asks for no tokens, so only this machine may call; start it "
                "with --access, or take 127.0.0.1"
            )

    async def serve(self, app: ASGIApp) -> None:
        """Until the program is told to end."""
        import uvicorn

        host, _, port = self.address.rpartition(":")
        config = uvicorn.Config(
            LocalPages(app) if is_local(self.address) else app,
            host=host.strip("[]"),
            port=int(port),
            # Not a line for each request, and no headers in any.
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_DRAIN_S,
            ssl_certfile=self.certificate,
            ssl_keyfile=self.key,
        )
        await uvicorn.Server(config).serve()

    def _refused(self, why: str) -> InvalidRequestError:
        return InvalidRequestError(f"{self.address!r} is no place to listen: {why}", field="listen")


class LocalPages:
    """Turns away pages of the web that a browser on this machine has open: who they are made by may
    not call what only this machine may.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_local(scope):
            await send(
                {
                    "type": "http.response.start",
                    "status": 403,
                    "headers": [(b"content-type", b"text/plain")],
                }
            )
            await send({"type": "http.response.body", "body": b"for this machine alone\n"})
            return
        await self._app(scope, receive, send)

    def _is_local(self, scope: Scope) -> bool:
        hosts = headers(scope, b"host")
        origins = headers(scope, b"origin")
        return all(_names_local(f"//{each}") for each in hosts) and all(map(_names_local, origins))


def headers(scope: dict[str, Any] | Scope, name: bytes) -> Sequence[str]:
    """All values of a header, in their order."""
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]


def _names_local(url: str) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return host is not None and is_local(f"[{host}]:1" if ":" in host else f"{host}:1")
