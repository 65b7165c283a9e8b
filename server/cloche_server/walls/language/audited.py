"""The releases on which every name was looked at, and the policy suite has passed.

On others a server runs as well: names that are new are refused, as all that no row allows, and
names that are gone are skipped. But what an allowed name does may have changed, and nobody looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Library -> releases, to their second number.
RELEASES: Final[Mapping[str, frozenset[str]]] = {
    "python": frozenset({"3.11", "3.12", "3.13"}),
    "torch": frozenset({"2.13"}),
    "transformers": frozenset({"5.24"}),
    "numpy": frozenset({"2.4"}),
    "einops": frozenset({"0.8"}),
    "RestrictedPython": frozenset({"9.0"}),
}


def not_audited(versions: Mapping[str, str]) -> tuple[str, ...]:
    """Those of the installed releases, such as "torch 2.14", that nobody has looked at."""
    return tuple(
        f"{name} {_release(versions[name])}"
        for name, releases in RELEASES.items()
        if name in versions and _release(versions[name]) not in releases
    )


def _release(version: str) -> str:
    return ".".join(version.partition("+")[0].split(".")[:2])
