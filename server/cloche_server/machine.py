"""What every server needs of the machine, said in a sentence where it is missing."""

from __future__ import annotations

import os
import tempfile


def lacking() -> str | None:
    """The first thing that is missing and what to do; None: nothing is."""
    if not os.path.exists("/proc/self/status"):
        return (
            "there is no /proc, and without it no sandbox's memory can be watched: mount it "
            "(mount -t proc proc /proc)"
        )
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return (
            "no directory for temporary files can be written, and the proof of the kernel wall "
            "needs one: let TMPDIR name it"
        )
    return None
