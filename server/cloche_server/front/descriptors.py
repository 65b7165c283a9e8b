"""Descriptors: as many as the machine allows, and enough of them kept from callers' connections.

A connection takes one, and a caller may open as many as it likes. A running call takes four.
"""

from __future__ import annotations

import resource
from typing import Final

# More than any server of ours uses; a limit without end makes some libraries slow.
_WANTED: Final = 1 << 16
_MOST_CONNECTIONS: Final = 4096
# For sandboxes, zygotes and files.
_RESERVED: Final = 256


def raise_descriptor_limit() -> int:
    """Raises the soft limit as far as it may be; returns what holds then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _WANTED
    wanted = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft


def connections_within(descriptors: int) -> int:
    """How many connections leave enough of so many descriptors."""
    reserved = min(_RESERVED, descriptors // 2)
    return min(_MOST_CONNECTIONS, descriptors - reserved)
