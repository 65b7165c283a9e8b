"""Rules that no attack of the corpus tells from their absence yet, and that no reason exempts.

Each is a gap in the corpus, not a rule that is known to be needless. Whoever writes an attack that
escapes without one of them moves it to a mutation.
"""

from __future__ import annotations

from typing import Final

NOT_YET: Final[tuple[str, ...]] = ()
