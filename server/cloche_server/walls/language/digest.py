"""Which policy this is, in a word: two servers of one digest judge alike."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

_CHARACTERS: Final = 12


def policy_digest() -> str:
    """Of the language wall's own files, in their order."""
    state = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        state.update(f"{path.relative_to(here)}\0".encode())
        state.update(path.read_bytes())
    return state.hexdigest()[:_CHARACTERS]
