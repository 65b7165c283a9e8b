"""Wait for a state rather than for a time: a busy machine takes longer to reach it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")
# Many times what an idle machine takes.
PATIENCE_S: Final = 60.0


def wait_until(
    what: Callable[[], T], seconds: float = PATIENCE_S, otherwise: Callable[[], str] = str
) -> T:
    """Ask `what` until its answer is true, and return that.

    Args:
        otherwise: says what it means that it is not; asked at the end.

    Raises:
        AssertionError: it is not true within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s {otherwise()}".rstrip()
        time.sleep(0.02)
    return found
