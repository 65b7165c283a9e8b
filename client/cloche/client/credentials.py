"""Show a server who calls: a token, over a way on which nobody else reads it.

A token goes over TLS, or stays on this machine. gRPC refuses to send one in clear; here it is said
in words before anything is sent.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final, Literal

import grpc

from cloche.client.logins import find_login
from cloche.contract.address import is_local
from cloche.contract.errors import InvalidRequestError, ServerError, ServerUnavailableError
from cloche.tls import Tls

TOKEN_VARIABLE: Final = "CLOCHE_TOKEN"  # noqa: S105  # its name
TLS_VARIABLE: Final = "CLOCHE_TLS"
_LONGEST: Final = 8000

_Options = list[tuple[str, int]]

# What gRPC says of a handshake that can never succeed.
_HOPELESS: Final = {
    "WRONG_VERSION_NUMBER": "it speaks no TLS there; a server that has none takes no token from "
    "another machine: ask its operator, or give tls=False and no token",
    "CERTIFICATE_VERIFY_FAILED": "nobody whom this client trusts has signed its certificate; give "
    "tls='ca.pem', the file of who did",
    "Hostname": "its certificate is for another name than this address; call it by the name in it",
}
# What it says where the other end hung up during or before one.
_HUNG_UP: Final = ("Socket closed", "recvmsg", "reset by peer", "roken pipe")


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """For one address."""

    token: str | None = field(default=None, repr=False)
    tls: Tls | None = None

    @classmethod
    def of(
        cls, address: str, token: str | Literal[False] | None, tls: object = None
    ) -> Credentials:
        """What was given, else what the variables say, else what `cloche login` has stored; with
        False no token.

        With a token for another machine and nothing said of TLS, there is TLS.

        Raises:
            InvalidRequestError: a token that is none, or that would go in clear.
        """
        given_tls = _tls_of_variable() if tls is None else tls
        found = os.environ.get(TOKEN_VARIABLE) or None if token is None else token
        login = find_login(address) if found is None or given_tls is None else None
        if found is None and login is not None:
            found = login.token
        if found is False:
            found = None
        if given_tls is None and login is not None and login.tls is not None:
            given_tls = login.tls
        if found is not None:
            _require_token(found)
        if given_tls is None:
            given_tls = found is not None and not is_local(address)
        secured = Tls.of(given_tls)
        if found is not None and secured is None and not is_local(address):
            raise InvalidRequestError(
                f"a token is never sent in clear, and {address} is another machine; leave "
                "tls=False out, or give tls='ca.pem'",
                field="token",
            )
        return cls(token=found, tls=secured)

    def channel(self, address: str, options: _Options) -> grpc.Channel:
        """Raises InvalidRequestError where a file of TLS's cannot be read."""
        if self.tls is not None:
            way = self.tls.credentials()
        elif self.token is None:
            return grpc.insecure_channel(address, options=options)
        else:
            # gRPC looks at the connection itself: it must end on this machine.
            unix = address.startswith("unix:")
            kind = grpc.LocalConnectionType.UDS if unix else grpc.LocalConnectionType.LOCAL_TCP
            way = grpc.local_channel_credentials(kind)
        if self.token is not None:
            given = grpc.access_token_call_credentials(self.token)
            way = grpc.composite_channel_credentials(way, given)
        return grpc.secure_channel(address, way, options=options)

    def explain(self, failure: Exception, details: str, *, address: str) -> Exception:
        """The failure of a first call in words, where TLS is the reason or may be."""
        if not isinstance(failure, ServerUnavailableError):
            return failure
        for sign, what in _HOPELESS.items():
            if self.tls is not None and sign in details:
                return ServerError(f"no safe way to the server at {address}: {what}")
        if address.startswith("unix:") or not any(sign in details for sign in _HUNG_UP):
            return failure
        if self.tls is None:
            what = "it may want TLS: give tls=True, or tls='ca.pem'"
        elif self.tls.certificate is None:
            what = (
                "it may want a certificate of yours: give tls=cloche.Tls(certificate='me.pem', "
                "key='me.key')"
            )
        else:
            what = "it may not take your certificate: ask its operator who has to sign it"
        return ServerUnavailableError(
            f"the server at {address} hung up before it said anything ({details}); {what}"
        )


def _tls_of_variable() -> object:
    text = os.environ.get(TLS_VARIABLE)
    return {None: None, "": None, "0": False, "1": True}.get(text, text)


def _require_token(token: object) -> None:
    """Never shows it."""
    plain = isinstance(token, str) and token.isascii() and token.isprintable()
    if not plain or not token or " " in str(token) or len(str(token)) > _LONGEST:
        raise InvalidRequestError(
            "the token is no token: it must be text such as clk_..., without spaces", field="token"
        )
