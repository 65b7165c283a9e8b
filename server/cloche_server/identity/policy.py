"""Restrict what a token's techniques do and send back, as its operator says; no call chooses it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class PolicyFault(ValueError):
    """A policy that cannot be meant; the message says what is wrong."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """None: all that the server allows anyway.

    Args:
        modules: top-level modules that techniques may import.
        techniques: SHA-256 of the sources that may run, in hex.
        output: what techniques print, log and report goes back.
        source_lines: errors show lines of the source, as tracebacks do.
    """

    modules: tuple[str, ...] | None = None
    techniques: tuple[str, ...] | None = None
    output: bool = True
    source_lines: bool = True

    def __post_init__(self) -> None:
        for name in self.modules or ():
            if not name.isidentifier():
                raise PolicyFault(f"modules has {name!r}; give top-level names, such as torch")
        for digest in self.techniques or ():
            if not _DIGEST.fullmatch(digest):
                raise PolicyFault(f"techniques has {digest[:80]!r}; give SHA-256 in 64 hex digits")

    def admits(self, digest: bytes) -> bool:
        """Whether a source of this SHA-256 may run."""
        return self.techniques is None or digest.hex() in self.techniques

    def with_(self, other: Policy) -> Policy:
        """What both let pass."""
        return Policy(
            modules=_both(self.modules, other.modules),
            techniques=_both(self.techniques, other.techniques),
            output=self.output and other.output,
            source_lines=self.source_lines and other.source_lines,
        )


#: The server's own walls, and nothing more.
EVERYTHING: Final = Policy()


def _both(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(each for each in one if each in other)
