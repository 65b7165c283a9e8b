"""Auditor. Holds: descriptors of the weights, and the key of their digests. Never: caller code.

A fork of the zygote for each look at the weights, so that the zygote goes on forking meanwhile.
Ends: when it has looked.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Final, NoReturn

from cloche_server.zygote.weights.interface import Audit, Finding

_INTACT: Final = 0
_CHANGED: Final = 1
_FAILED: Final = 2
# Calls come first.
_NICENESS: Final = 10
_LONGEST: Final = 4096


class Auditor:
    """Looks when it is asked; asked while it looks, it looks once more."""

    def __init__(self, audit: Audit, fork: Callable[[], int]) -> None:
        self._audit = audit
        self._fork = fork
        self._process: int | None = None
        self._said = -1
        self._again = False

    def ask(self) -> None:
        """Where the kernel gives no process there is no look; the log says so."""
        if self._process is not None:
            self._again = True
            return
        reader, writer = os.pipe()
        try:
            process = self._fork()
        except OSError as error:
            print(f"cloche: no auditor could be forked: {error}", file=sys.stderr)
            os.close(reader)
            os.close(writer)
            return
        if process == 0:
            os.close(reader)
            _look(self._audit, writer)
        os.close(writer)
        self._process, self._said = process, reader

    def reap(self) -> Finding | None:
        """What was found, if a look has ended. What could not be looked at counts as changed."""
        if self._process is None:
            return None
        ended, status = os.waitpid(self._process, os.WNOHANG)
        if not ended:
            return None
        with os.fdopen(self._said, "rb") as pipe:
            said = pipe.read(_LONGEST).decode(errors="replace")
        self._process = None
        code = os.waitstatus_to_exitcode(status)
        finding = Finding(code == _INTACT, said or f"the auditor ended with {code}")
        if self._again and finding.intact:
            self._again = False
            self.ask()
        return finding


def _look(audit: Audit, writer: int) -> NoReturn:
    """Whatever happens, it never returns into the zygote's loop."""
    code = _FAILED
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.nice(_NICENESS)
        finding = audit()
        os.write(writer, finding.detail.encode()[:_LONGEST])
        code = _INTACT if finding.intact else _CHANGED
    except BaseException as error:  # noqa: BLE001  # the front logs it
        os.write(writer, f"the weights could not be looked at: {error!r}".encode()[:_LONGEST])
    finally:
        os._exit(code)
