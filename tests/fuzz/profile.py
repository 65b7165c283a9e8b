"""How long a fuzz test runs: a little in every run of the tests, longer under `make fuzz`."""

from __future__ import annotations

import os


def examples(few: int) -> int:
    """Examples for a property. FUZZ_SECONDS asks for about as many times more as it is minutes."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "0"))
    return max(few, int(few * seconds / 15))
