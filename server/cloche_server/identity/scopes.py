"""Name what a token may be for, and what each method of the contract asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

Scope: TypeAlias = Literal["run", "check", "info", "sessions", "upload"]

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

_NONE: Final[frozenset[Scope]] = frozenset()

#: By the method's name. GetServerInfo answers every token, and says what is served only with
#: `info`: a client asks it whether the server is ready.
NEEDED: Final[Mapping[str, frozenset[Scope]]] = {
    "Execute": frozenset({"run"}),
    "ExecuteStream": frozenset({"run"}),
    "ExecuteUpload": frozenset({"run", "upload"}),
    "Check": frozenset({"check"}),
    "GetServerInfo": _NONE,
    "OpenSession": frozenset({"sessions"}),
    "ForkSession": frozenset({"sessions"}),
    "RollbackSession": frozenset({"sessions"}),
    "CloseSession": frozenset({"sessions"}),
}
