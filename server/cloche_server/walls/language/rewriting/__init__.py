"""The policy on syntax. Every read, write and call in a technique is rewritten to ask a guard.

Guards, and what else rewritten code goes by, have names that begin with a space, which no source
can spell, so nothing a technique binds can shadow one. Each module says, at its head, what becomes
of the syntax it rewrites. Where the source or an object's exact type already settles what a guard
would answer, the guard is not asked: scopes.py and plain.py say what the source settles.
"""

from __future__ import annotations

from .base import Finding
from .transformer import TechniqueTransformer

__all__ = ["Finding", "TechniqueTransformer"]
