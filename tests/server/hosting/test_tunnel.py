"""A gate that cannot open fails the container's start, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psutil
import pytest
from cloche_server.hosting.deployment import Endpoint, deployment_for, gate_port
from cloche_server.hosting.front import FrontEnded
from cloche_server.hosting.tunnel.opened import Tunnel

from tests.support.pings import Pinger

CONFIG = deployment_for("p", "org/t", endpoint=Endpoint(kind="tunnel")).server


class Relay:
    """Modal's tunnels; `opened` now."""

    opened = 0

    @contextlib.contextmanager
    def forward(self, port: int) -> Iterator[Any]:
        class Forwarded:
            tls_socket = ("tunnel.invalid", 443)

        self.opened += 1
        yield Forwarded()
        self.opened -= 1


@pytest.fixture
def port() -> Iterator[int]:
    """Free, as is the next."""
    while True:
        with closing(socket.socket()) as one, closing(socket.socket()) as other:
            one.bind(("127.0.0.1", 0))
            found = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", found + 1))
            except OSError:
                continue
        yield found
        return


@pytest.mark.parametrize("taken", [0, 1])
def test_a_port_that_is_taken(port: int, taken: int) -> None:
    relay = Relay()
    with (
        socket.create_server(("0.0.0.0", port + taken)),
        pytest.raises(FrontEnded, match="gate did not open; the lines above say why"),
    ):
        Tunnel(CONFIG, port, os.environ, relay.forward)
    assert not relay.opened
    assert not _gates()


def test_no_tunnel_to_be_had(port: int) -> None:
    @contextlib.contextmanager
    def unavailable(port: int) -> Iterator[Any]:
        raise RuntimeError("Relay server is unavailable")
        yield

    with pytest.raises(RuntimeError, match="unavailable"):
        Tunnel(CONFIG, port, os.environ, unavailable)
    assert not _gates()


def test_a_gate_that_dies_is_noticed(port: int) -> None:
    relay = Relay()
    tunnel = Tunnel(CONFIG, port, {**os.environ, "HF_TOKEN": "t", "MODAL_X": "t"}, relay.forward)
    ended: list[bool] = []
    tunnel.on_end(lambda: ended.append(True))
    (gate,) = _gates()
    assert not {name for name in gate.environ() if name.startswith(("HF_", "MODAL_"))}
    gate.kill()
    tunnel.process.wait(10)
    until = time.monotonic() + 10
    while not ended and time.monotonic() < until:
        time.sleep(0.01)
    assert ended == [True]
    assert relay.opened == 1  # until the container ends
    tunnel.stop()
    assert not relay.opened


def test_a_gate_takes_keepalive_pings_for_no_abuse(port: int) -> None:
    tunnel = Tunnel(CONFIG, port, os.environ, Relay().forward)
    try:
        with socket.create_connection(("127.0.0.1", gate_port(port)), timeout=10) as end:
            pinger = Pinger(end)
            for number in range(20):
                pinger.ping(number)
    finally:
        tunnel.stop()


def _gates() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE
        and child.cmdline()[-1:] == ["cloche_server.hosting.tunnel.gate"]
    ]
