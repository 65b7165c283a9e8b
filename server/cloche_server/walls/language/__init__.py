"""The language wall. `compile_technique` judges the source; `LanguageWall` guards what runs.

Everything is refused that no row of `tables/` allows. Start reading there, then `transformer.py`
(what the source is rewritten into) and `guards/` (what the rewritten source asks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .compiler import CheckedTechnique, CompiledTechnique, check_technique, compile_technique
from .diagnostics import AccessRefused, Diagnostic, PolicyViolation

if TYPE_CHECKING:
    from .wall import LanguageWall


def __getattr__(name: str) -> Any:
    # Whoever only compiles must not import torch.
    if name == "LanguageWall":
        from .wall import LanguageWall

        return LanguageWall
    raise AttributeError(name)


__all__ = [
    "AccessRefused",
    "CheckedTechnique",
    "CompiledTechnique",
    "Diagnostic",
    "LanguageWall",
    "PolicyViolation",
    "check_technique",
    "compile_technique",
]
