"""Describe an OpenID provider whose tokens are taken, such as a CI's, and for which users."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from cloche_server.identity.scopes import SCOPES, Scope

#: Signatures with a key of which only the public half is known here: never a shared secret's, whose
#: name could stand over somebody's public key, and never none.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)


class IssuerFault(ValueError):
    """An issuer that cannot be meant; the message says what is wrong."""


class Issuer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of web tokens (JWT).

    Args:
        issuer: what their `iss` is, exactly.
        audience: what their `aud` must hold: this server, by a name of its own.
        keys: where the provider's keys (JWKS) are: https://..., or a file.
        claims: what else they must say, exactly. A provider that many share, as a CI's, signs
            tokens for all of them: say whose are meant.
        tenant: whom they are for.
    """

    issuer: str
    audience: str
    keys: str
    claims: dict[str, str]
    tenant: str
    algorithms: tuple[str, ...] = ("RS256",)
    scopes: tuple[Scope, ...] = SCOPES
    models: tuple[str, ...] | None = None
    policy: str | None = None

    def __post_init__(self) -> None:
        strange = [each for each in self.algorithms if each not in ALGORITHMS]
        if strange or not self.algorithms:
            raise IssuerFault(f"algorithms are some of {', '.join(ALGORITHMS)}")
        if not self.claims:
            raise IssuerFault(
                "claims is empty: every user of the provider could call; say whose tokens are "
                'meant, such as {repository = "org/name"}'
            )
        parts = urlsplit(self.keys)
        if parts.scheme != "https" and not Path(self.keys).is_absolute():
            raise IssuerFault(f"keys is {self.keys!r}; give https://... or a file's whole path")
        for name in ("issuer", "audience", "tenant"):
            if not getattr(self, name):
                raise IssuerFault(f"{name} is empty")


class WebTokenFault(Exception):
    """A web token is not good here; the message holds nothing of it."""
