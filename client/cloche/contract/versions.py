"""Say which Cloche this is, and which the other end: for words about what one of them lacks."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version


@functools.cache
def own_version() -> str:
    """The installed release; in words where this is none."""
    try:
        return version("cloche")
    except PackageNotFoundError:
        return "not installed: from a checkout"


def skew(server: str) -> str:
    """Both ends' versions in words.

    Args:
        server: what the server has said of itself; empty: nothing yet.
    """
    theirs = f"the server is Cloche {server}" if server else "the server has not said its version"
    return f"{theirs}, this client is Cloche {own_version()}"
