"""An embedded server. Holds: the child process, its log, a private directory for its socket.

Never: imports cloche_server; it may not be installed, and the child is a server like any other.
Ends: its standard input is closed, by `close` or, however this process dies, by the kernel.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path

from cloche.client.extras import require_server
from cloche.contract.config import ServerConfig
from cloche.contract.errors import ServerStartError, ServerUnavailableError
from cloche.contract.text import visible

_MODULE = "cloche_server"
# Of sun_path's 108 bytes, what the file name leaves for the directory.
_LONGEST_DIRECTORY = 90
_STOP_S, _TERMINATE_S = 10.0, 5.0
_TAIL_LINES = 20

_running: weakref.WeakSet[EmbeddedServer] = weakref.WeakSet()


def _after_fork() -> None:
    """The fork has a copy of each pipe, and would keep a server alive without its owner."""
    for server in list(_running):
        server.let_go()


os.register_at_fork(after_in_child=_after_fork)


def leave_nothing() -> None:
    """For a process that ends on the spot: the servers end by themselves, their folders do not."""
    for server in list(_running):
        shutil.rmtree(server._log.parent, ignore_errors=True)


class EmbeddedServer:
    """A server that lives as long as its client."""

    def __init__(self, config: ServerConfig) -> None:
        """Starts the child; it is not ready yet.

        Args:
            config: `listen` is left to this.

        Raises:
            ServerStartError: the server is not installed, or the process cannot be started.
        """
        require_server(
            "an embedded server needs the server extra (to use one elsewhere, give "
            "address='host:port')"
        )
        directory = _private_directory()
        self._log = directory / "server.log"
        self.address = f"unix:{directory / 'cloche.sock'}"
        line = dataclasses.replace(config, listen=self.address).to_json() + "\n"
        try:
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    # -P: no module of the working directory may take a library's place.
                    [sys.executable, "-P", "-m", _MODULE],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    # Ctrl-C at the terminal ends the caller's call, not the server.
                    start_new_session=True,
                )
        except OSError as error:
            shutil.rmtree(directory, ignore_errors=True)
            raise ServerStartError(f"the server process cannot be started: {error}") from None
        # Runs when this object is garbage and when the interpreter ends, whichever is first.
        _running.add(self)
        self._finalizer = weakref.finalize(self, _stop, self._process, directory, os.getpid())
        assert self._process.stdin is not None  # noqa: S101  # stdin=PIPE above
        with contextlib.suppress(OSError):  # it is gone already: check_starting says why
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def check_starting(self) -> None:
        """Raises ServerStartError if the process has ended."""
        code = self._process.poll()
        if code is not None:
            raise ServerStartError(f"the server {_ended(code)} while it started\n\n{self._tail()}")

    def death(self, *, patience_s: float = 0.0) -> ServerUnavailableError | None:
        """The error to raise if the process is gone, or is within the time given; else None."""
        try:
            code = self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return None
        return ServerUnavailableError(f"the embedded server {_ended(code)}\n\n{self._tail()}")

    def let_go(self) -> None:
        """In a fork: lets the pipe go, whose end tells the server that its parent is gone."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def close(self) -> None:
        """Stops the process and removes its directory. Idempotent."""
        self._finalizer()

    def _tail(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "(its log is gone)"
        # Where it says itself why it ends, what it logged before that is noise.
        said = [number for number, line in enumerate(lines) if line.startswith("cloche: ")]
        kept = lines[said[-1] :] if said else lines
        return visible("\n".join(kept[-_TAIL_LINES:])) or "(it printed nothing)"


def _private_directory() -> Path:
    """A new directory that only this user may enter, short enough for a socket's path."""
    directory = tempfile.mkdtemp(prefix="cloche-")
    if len(os.fsencode(directory)) > _LONGEST_DIRECTORY:
        os.rmdir(directory)
        directory = tempfile.mkdtemp(prefix="cloche-", dir="/tmp")  # mkdtemp is safe there
    return Path(directory)


def _stop(process: subprocess.Popen[bytes], directory: Path, owner: int) -> None:
    if os.getpid() != owner:
        return  # a fork of the owner ends: the server is not its own
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    for action, patience_s in (
        (None, _STOP_S),
        (process.terminate, _TERMINATE_S),
        (process.kill, None),
    ):
        if action is not None:
            action()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
            break
    shutil.rmtree(directory, ignore_errors=True)


def _ended(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
