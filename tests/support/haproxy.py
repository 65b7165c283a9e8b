"""HAProxy as the edge: TLS and HTTP/2 outside, HTTP/2 without TLS inside, and little patience."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.server import free_port
from tests.support.waiting import PATIENCE_S

IDLE_S = 5
_CONFIG = """
global
  stats socket {folder}/admin.sock level admin
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client {idle}s
  timeout server {idle}s
frontend edge
  bind 127.0.0.1:{port} ssl crt {folder}/both.pem alpn h2,http/1.1
  http-request return status 401 unless {{ req.hdr(modal-key) wk }} {{ req.hdr(modal-secret) ws }}
  {when_nobody}
  default_backend containers
backend containers
  server one 127.0.0.1:{nobody} proto h2 disabled
"""
# What it says of itself while no container runs, where that is no error of its own.
BUSY = "http-request return status 429 hdr retry-after 1 if { nbsrv(containers) eq 0 }"
AS_GRPC = (
    "http-request return status 200 hdr content-type application/grpc hdr grpc-status 14 "
    "hdr grpc-message nobody if { nbsrv(containers) eq 0 }"
)


@dataclass(frozen=True)
class Haproxy:
    """No container runs behind it until `route` names one."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def route(self, port: int) -> None:
        """Sends new calls to a container; those that run stay where they are."""
        self._tell(f"set server containers/one addr 127.0.0.1 port {port}")
        self._tell("set server containers/one state ready")

    def _tell(self, command: str) -> None:
        with closing(socket.socket(socket.AF_UNIX)) as admin:
            admin.connect(f"{self.folder}/admin.sock")
            admin.sendall(command.encode() + b"\n")
            while admin.recv(4096):
                pass


@contextmanager
def running(
    folder: Path, certificate: Path, key: Path, *, when_nobody: str = ""
) -> Iterator[Haproxy]:
    """Runs one, for calls with the proxy token ("wk", "ws")."""
    made = Haproxy(free_port(), folder)
    (folder / "both.pem").write_text(certificate.read_text() + key.read_text())
    (folder / "config").write_text(
        _CONFIG.format(
            folder=folder,
            port=made.port,
            idle=IDLE_S,
            nobody=free_port(),
            when_nobody=when_nobody,
        )
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["haproxy", "-db", "-f", str(folder / "config")], stdout=log, stderr=log
        )
    try:
        _until_open(made.port, process, folder / "log")
        yield made
    finally:
        process.kill()
        process.wait()


def _until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"haproxy does not listen:\n{log.read_text()}")
