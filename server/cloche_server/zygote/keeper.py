"""A session's keeper. Holds: its number. Never: a descriptor, a caller's byte. Ends: with the last
process of the session and of its forks, or with the zygote, or by SIGKILL, and then all of those
with it.

It is process 1 of their namespace: a session may end before its forks, and so must not be.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn

from cloche_server.walls.kernel import identity, lockdown


def keep(become: Callable[[], NoReturn]) -> int:
    """Forks the session's first process, and waits; returns that one's exit code.

    Args:
        become: what the first process does, instead of returning.
    """
    first = os.fork()
    if first == 0:
        become()
    os.closerange(0, lockdown.MOST_DESCRIPTORS)
    identity.die_with_parent()
    identity.hide_from_peers()
    code = 0
    while True:
        try:
            process, status = os.wait()
        except ChildProcessError:
            return code
        if process == first:
            code = os.waitstatus_to_exitcode(status)
