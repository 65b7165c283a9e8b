"""A verb of the command line that serves HTTP, in a process of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.server import free_port
from tests.support.waiting import PATIENCE_S, wait_until

_MAIN = "from cloche.cli import main; main()"


def command(verb: str, *arguments: str) -> list[str]:
    """What starts it."""
    return [sys.executable, "-c", _MAIN, verb, *arguments]


@dataclass(frozen=True)
class HttpVerb:
    """`log` is what it wrote to standard error."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def http_verb(
    verb: str,
    option: str,
    folder: Path,
    *arguments: str,
    host: str = "127.0.0.1",
    env: dict[str, str] | None = None,
) -> Iterator[HttpVerb]:
    """Waits until it listens at a port of its own, and ends it.

    Args:
        option: the one that takes the address.
        folder: for its log.
        env: variables besides this process's.
    """
    port = free_port()
    log = folder / f"{verb}-{port}.log"
    known = {name: value for name, value in os.environ.items() if not name.startswith("CLOCHE_")}
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            command(verb, option, f"{host}:{port}", *arguments),
            stderr=stderr,
            env=known | (env or {}),
        )

    def listens() -> bool:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    try:
        wait_until(listens, otherwise=log.read_text)
        yield HttpVerb(process, port, log)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
