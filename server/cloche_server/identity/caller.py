"""Represent who a call is from, as far as the rest of the front has to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cloche_server.identity.policy import EVERYTHING, Policy
from cloche_server.identity.scopes import SCOPES, Scope
from cloche_server.identity.terms import USUAL, Terms


@dataclass(frozen=True, kw_only=True)
class Caller:
    """`tenant` shares one account of time, memory and turns; "" where the server asks nobody. Its
    name never holds a colon, and a connection's always does.

    `token_id` names the token in logs, and is no secret. `models` are those that it may see; None:
    all of them.
    """

    tenant: str = ""
    token_id: str = ""
    scopes: frozenset[Scope] = frozenset(SCOPES)
    models: frozenset[str] | None = None
    terms: Terms = USUAL
    # What its token's calls are charged to, and the seconds that they may take in all.
    account: str = ""
    budget_s: float | None = None
    policy: Policy = EVERYTHING

    def may_see(self, model: str) -> bool:
        """Whether the model exists for this caller; `model` is its label."""
        its_tenants = self.terms.models
        return (self.models is None or model in self.models) and (
            its_tenants is None or model in its_tenants
        )


#: Where the server asks for no token.
ANYBODY: Final = Caller()
