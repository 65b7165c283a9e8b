"""Waiting for a server that is not there, not ready, or another service."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from cloche import InterpClient, ServerUnavailableError
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, serving

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "def f(model, tokenizer):\n    return None\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_nobody_listens() -> None:
    address = f"127.0.0.1:{_free_port()}"
    with InterpClient(address=address, connect_timeout=0.3) as client:
        started = time.monotonic()
        with pytest.raises(ServerUnavailableError, match=f"no Cloche server answers at {address}"):
            client.run(SOURCE)
        with pytest.raises(ServerUnavailableError, match="is the server running"):
            client.info()
        assert time.monotonic() - started < 5


def test_no_socket_file(tmp_path: Path) -> None:
    with (
        InterpClient(address=f"unix:{tmp_path}/none.sock", connect_timeout=0.3) as client,
        pytest.raises(ServerUnavailableError, match="may this user open the socket"),
    ):
        client.check(SOURCE)


def test_unix_socket(service: FakeService, tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/s.sock"
    with serving(service, address), InterpClient(address=address) as client:
        assert client.run(SOURCE) is None


def test_server_that_comes_up_later(service: FakeService) -> None:
    address = f"127.0.0.1:{_free_port()}"
    up, stop = threading.Event(), threading.Event()

    def later() -> None:
        time.sleep(0.4)
        with serving(service, address):
            up.set()
            stop.wait(20)

    thread = threading.Thread(target=later)
    thread.start()
    try:
        with InterpClient(address=address, connect_timeout=15) as client:
            assert client.run(SOURCE) is None
        assert up.is_set()
    finally:
        stop.set()
        thread.join()


def test_first_call_waits_until_the_model_is_loaded(
    service: FakeService, client: InterpClient
) -> None:
    service.states = [
        (pb.SERVER_STATE_STARTING, "reading weights", 0.5),
        (pb.SERVER_STATE_STARTING, "warming up", None),
        (pb.SERVER_STATE_READY, "", None),
    ]
    assert client.info().state == "starting"
    assert client.run(SOURCE) is None
    assert len(service.states) == 1


def test_model_that_never_loads(service: FakeService, address: str) -> None:
    service.states = [(pb.SERVER_STATE_STARTING, "reading weights", 0.1)]
    with (
        InterpClient(address=address, ready_timeout=0.3) as client,
        pytest.raises(
            ServerUnavailableError, match=r"still starting after 0.3 s \(reading weights\)"
        ),
    ):
        client.run(SOURCE)


def test_stopping_server(service: FakeService, client: InterpClient) -> None:
    service.states = [(pb.SERVER_STATE_STOPPING, "", None)]
    with pytest.raises(ServerUnavailableError, match="is stopping"):
        client.run(SOURCE)
