"""The guards of one call: what the rewritten code asks before it reads, writes or calls.

`decide` functions end in a refusal; what no row allows is refused.
"""

from __future__ import annotations

from .guards import Guards

__all__ = ["Guards"]
