"""Represent what is kept of a token: everything but the token."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Final

import msgspec

from cloche_server.identity.scopes import SCOPES, Scope
from cloche_server.identity.token import Token

TENANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class TokenFault(ValueError):
    """A token that cannot be meant; the message says what is wrong."""


class TokenRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One token. Times are seconds since 1970; `models` None: all that its tenant may see."""

    sha256: str
    tenant: str
    scopes: tuple[Scope, ...] = SCOPES
    models: tuple[str, ...] | None = None
    created: float
    expires: float | None = None
    revoked: float | None = None
    # Seconds of model time that all its calls together may take.
    budget_s: float | None = None
    # The first token of those that were rotated into this one: they share one budget.
    account: str = ""
    # Of tenants.toml; None: its tenant's alone.
    policy: str | None = None
    note: str = ""

    def state(self, now: float) -> str:
        """ "active", or since when it is not."""
        if self.revoked is not None and self.revoked <= now:
            return f"revoked at {_stamp(self.revoked)}"
        if self.expires is not None and self.expires <= now:
            return f"expired at {_stamp(self.expires)}"
        return "active"

    def is_active(self, now: float) -> bool:
        return self.state(now) == "active"


def new_record(
    token: Token,
    *,
    tenant: str,
    scopes: Sequence[str] = SCOPES,
    models: Sequence[str] = (),
    lives_s: float | None = None,
    budget_s: float | None = None,
    policy: str | None = None,
    note: str = "",
    now: float,
) -> TokenRecord:
    """Raises TokenFault for what cannot be meant. `models` empty: all that the tenant may see."""
    if not TENANT.fullmatch(tenant):
        raise TokenFault(
            f"the tenant {tenant!r} is no name: 1 to 63 letters, digits, dots, dashes, underscores"
        )
    known = tuple(scope for scope in SCOPES if scope in scopes)
    strange = [scope for scope in scopes if scope not in SCOPES]
    if strange or not known:
        raise TokenFault(f"scopes are some of {', '.join(SCOPES)}; got {', '.join(scopes) or '-'}")
    for name, value in (("the lifetime", lives_s), ("the budget", budget_s)):
        if value is not None and not value > 0:
            raise TokenFault(f"{name} is {value:g} s; it must be above 0")
    return TokenRecord(
        sha256=token.digest(),
        tenant=tenant,
        scopes=known,
        models=tuple(models) or None,
        created=now,
        expires=None if lives_s is None else now + lives_s,
        budget_s=budget_s,
        policy=policy,
        note=note,
    )


def _stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
