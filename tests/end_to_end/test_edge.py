"""Calls through an edge that nobody here wrote: HAProxy, which cuts what is idle for 5 s."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cloche import CallCancelledError, InterpClient, ServerUnavailableError
from cloche.client.events import Accepted
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, accepted, serving
from tests.support import haproxy, modal_edge
from tests.support.haproxy import AS_GRPC, BUSY, IDLE_S, Haproxy
from tests.support.server import RunningServer, free_port, running_server, start_server
from tests.support.waiting import PATIENCE_S

pytestmark = pytest.mark.skipif(
    shutil.which("haproxy") is None or shutil.which("openssl") is None,
    reason="haproxy and openssl are not installed",
)

TOKEN = ("wk", "ws")
SLEEP = "import time\ndef f(model, tokenizer, s):\n    time.sleep(s)\n    return 'slept'"
SAME = "def f(model, tokenizer, x): return x"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    made = modal_edge.self_signed(tmp_path_factory.mktemp("certificate"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(made[0]))
        patch.setenv("no_proxy", "localhost")
        yield made


@pytest.fixture(scope="module")
def container(config: ServerConfig) -> Iterator[RunningServer]:
    """Its heartbeat is quicker than the proxy's patience, as its operator would set it."""
    with running_server(
        dataclasses.replace(config, heartbeat_s=IDLE_S / 4), listen=f"127.0.0.1:{free_port()}"
    ) as made:
        yield made


def _port(server: RunningServer) -> int:
    return int(server.address.rpartition(":")[2])


def _client(edge: Haproxy, **options: Any) -> InterpClient:
    return InterpClient(address=edge.url, proxy_token=TOKEN, progress=False, **options)


@pytest.fixture(scope="module")
def edge(
    container: RunningServer,
    certificate: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Haproxy]:
    with haproxy.running(tmp_path_factory.mktemp("edge"), *certificate) as made:
        made.route(_port(container))
        yield made


def test_a_silent_call_lives_on(edge: Haproxy) -> None:
    with _client(edge) as client:
        assert client.run(SLEEP, 2.5 * IDLE_S) == "slept"


def test_a_silent_call_whose_arguments_were_uploaded(edge: Haproxy) -> None:
    source = "import time\ndef f(model, tokenizer, x):\n    time.sleep(12)\n    return len(x)"
    with _client(edge) as client:
        assert client.run(source, b"x" * (6 << 20)) == 6 << 20


def test_64_megabytes_both_ways(edge: Haproxy) -> None:
    data = bytes(range(256)) * (64 << 12)
    with _client(edge) as client:
        assert client.run(SAME, data) == data


def test_the_token_is_wanted(edge: Haproxy) -> None:
    with (
        InterpClient(address=edge.url, proxy_token=("wk", "no"), progress=False) as client,
        pytest.raises(Exception, match="proxy token was refused"),
    ):
        client.run(SAME, 1)


def test_without_heartbeats_the_proxy_cuts_and_is_not_taken_for_one_without_grpc(
    certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    service = FakeService()
    ended = threading.Event()

    def silent(call: pb.Call, context: Any) -> Iterator[pb.ExecuteStreamResponse]:
        yield accepted(call)
        ended.wait(4 * IDLE_S)

    service.handler = silent
    with (
        haproxy.running(tmp_path, *certificate) as edge,
        serving(service) as address,
        _client(edge) as client,
    ):
        edge.route(int(address.rpartition(":")[2]))
        with pytest.raises(ServerUnavailableError) as caught:
            client.run(SAME, 1)
        ended.set()
    assert "carry gRPC" not in str(caught.value)


@contextlib.contextmanager
def _nobody(form: str) -> Iterator[int]:
    """A port that is to a proxy what a container is that does not answer yet."""
    if form == "503":
        yield free_port()
        return
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as held:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    end, _ = listening.accept()
                    if form == "502":
                        end.recv(1)
                        end.close()
                    else:  # it says nothing, and the proxy gives up
                        held.callback(end.close)

        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        answering.join()


@pytest.mark.parametrize("form", ["429", "502", "503", "504", "UNAVAILABLE in trailers"])
def test_a_cold_start(
    form: str, container: RunningServer, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    when_nobody = {"429": BUSY, "UNAVAILABLE in trailers": AS_GRPC}.get(form, "")
    with (
        haproxy.running(tmp_path, *certificate, when_nobody=when_nobody) as edge,
        _client(edge, connect_timeout=0.5) as client,
    ):

        def start() -> None:
            with _nobody(form) as nobody:
                if not when_nobody:
                    edge.route(nobody)
                asked.set()
                time.sleep(IDLE_S + 1)
                edge.route(_port(container))

        asked = threading.Event()
        starting = threading.Thread(target=start)
        starting.start()
        asked.wait(PATIENCE_S)
        assert client.run(SAME, 8) == 8
        starting.join()


def test_an_update_under_a_running_call(
    config: ServerConfig,
    container: RunningServer,
    certificate: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    old = dataclasses.replace(config, heartbeat_s=1.0, drain_s=60.0)
    impatient = dataclasses.replace(old, drain_s=1.0)
    with (
        haproxy.running(tmp_path, *certificate) as edge,
        _client(edge) as client,
    ):
        new = _port(container)
        with _begun(client, edge, old, tmp_path, seconds=2 * IDLE_S, then=new) as call:
            assert client.run(SAME, "new") == "new"
            assert "slept" in [getattr(event, "result", None) for event in call]
        # One whose grace is over before the call is, is told so.
        with (
            _begun(client, edge, impatient, tmp_path, seconds=60, then=new) as call,
            pytest.raises(CallCancelledError, match="the server was stopped before the call"),
        ):
            list(call)


@contextlib.contextmanager
def _begun(
    client: InterpClient,
    edge: Haproxy,
    config: ServerConfig,
    folder: Path,
    *,
    seconds: float,
    then: int,
) -> Iterator[Any]:
    """A call that runs on a container which is told to stop, once calls go to another."""
    server = start_server(config, folder, listen=f"127.0.0.1:{free_port()}")
    try:
        server.wait_until_ready()
        edge.route(_port(server))
        call = client.stream(SLEEP, seconds)
        assert isinstance(next(call), Accepted)
        edge.route(then)
        server.process.send_signal(signal.SIGTERM)
        yield call
        server.process.wait(PATIENCE_S)
    finally:
        server.hang_up()
        server.process.kill()
        server.process.wait()
