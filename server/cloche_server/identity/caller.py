"""Who a call is from, as far as the rest of the front has to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cloche_server.identity.scopes import SCOPES, Scope


@dataclass(frozen=True, kw_only=True)
class Caller:
    """`tenant` shares one account of time, memory and turns; "" where the server asks nobody.

    `token_id` names the token in logs, and is no secret. `models` are those that it may see; None:
    all of them.
    """

    tenant: str = ""
    token_id: str = ""
    scopes: frozenset[Scope] = frozenset(SCOPES)
    models: frozenset[str] | None = None

    def may_see(self, model: str) -> bool:
        """Whether the model exists for this caller; `model` is its label."""
        return self.models is None or model in self.models


#: Where the server asks for no token.
ANYBODY: Final = Caller()
