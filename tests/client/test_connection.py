"""Waiting for a server that is not there, not ready, or another service."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from cloche import InterpClient, Log, ServerUnavailableError
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, accepted, printed, returning, serving
from tests.support.server import free_port
from tests.support.severed import TOO_MANY_PINGS, severed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import grpc

SOURCE = "def f(model, tokenizer):\n    return None\n"


def test_nobody_listens() -> None:
    address = f"127.0.0.1:{free_port()}"
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
    address = f"127.0.0.1:{free_port()}"
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


@pytest.mark.parametrize("last_words", [b"", TOO_MANY_PINGS], ids=["cut", "goaway"])
def test_a_connection_that_breaks_during_a_call_is_made_anew(
    service: FakeService, address: str, last_words: bytes
) -> None:
    begun = threading.Event()

    def silent(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        yield accepted(call)
        begun.set()
        service.cancelled.wait(10)

    service.handler = silent
    with severed(address) as way, InterpClient(address=way.address) as client:

        def cut() -> None:
            begun.wait(10)
            time.sleep(0.1)
            way.cut(last_words)

        cutter = threading.Thread(target=cut)
        cutter.start()
        with pytest.raises(ServerUnavailableError, match="was lost after the call had begun") as it:
            client.run(SOURCE)
        cutter.join()
        assert "host and port" not in str(it.value)
        service.handler = returning(3)
        assert client.run(SOURCE) == 3


def test_after_a_broken_connection_calls_wait_while_the_server_starts_again(
    service: FakeService,
) -> None:
    address = f"127.0.0.1:{free_port()}"
    with InterpClient(address=address, connect_timeout=20) as client:
        with serving(service, address):
            assert client.run(SOURCE) is None
        later = threading.Timer(1.0, lambda: None)
        with pytest.raises(ServerUnavailableError):
            client.with_options(timeout=1).run(SOURCE)
        stop = threading.Event()

        def again() -> None:
            later.join()
            with serving(service, address):
                stop.wait(20)

        later.start()
        server = threading.Thread(target=again)
        server.start()
        try:
            assert client.run(SOURCE) is None
        finally:
            stop.set()
            server.join()


def test_a_refused_port_is_told_sooner_than_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloche.client.connection._CONNECT_S", 1000.0)
    monkeypatch.setattr("cloche.client.connection._REFUSED_S", 0.3)
    with (
        InterpClient(address=f"127.0.0.1:{free_port()}") as client,
        pytest.raises(ServerUnavailableError, match=r"\(connection refused\)"),
    ):
        client.info()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloche.client.watchdog.PROBE_AFTER_S", 0.3)
    monkeypatch.setattr("cloche.client.watchdog.MARGIN_S", 0.3)
    monkeypatch.setattr("cloche.client.connection._PROBE_S", 0.3)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_freezes_in_a_call(service: FakeService, client: InterpClient) -> None:
    def frozen(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        yield accepted(call)
        service.cancelled.wait(20)

    service.handler = frozen
    with pytest.raises(ServerUnavailableError, match=r"the call's limit of 0\.5 s is past"):
        client.with_options(timeout=0.5).run(SOURCE)
    assert service.cancelled.wait(5)


@pytest.mark.usefixtures("impatient")
def test_a_queue_may_be_long_where_the_server_answers(
    service: FakeService, client: InterpClient
) -> None:
    def queued(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        time.sleep(1.5)
        yield from returning(1)(call, context)

    service.handler = queued
    assert client.with_options(timeout=0.1).run(SOURCE) == 1


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_frozen_before_the_call(service: FakeService, address: str) -> None:
    with severed(address) as way, InterpClient(address=way.address) as client:
        assert client.run(SOURCE) is None
        way.freeze()
        with pytest.raises(ServerUnavailableError, match="has not answered for"):
            client.run(SOURCE)


@pytest.mark.usefixtures("impatient")
def test_a_reader_may_take_its_time(service: FakeService, client: InterpClient) -> None:
    service.handler = returning(1, printed("a"), printed("b"))
    events = []
    for event in client.with_options(timeout=0.1).stream(SOURCE):
        time.sleep(0.4)
        events.append(event)
    assert len(events) == 4


def test_limits_that_the_server_cuts_are_told_once(
    service: FakeService, client: InterpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def granted(call: pb.Call, context: grpc.ServicerContext) -> Iterator[Any]:
        options = pb.CallOptions(memory_bytes=1 << 30, output_max_bytes=1 << 20)
        options.timeout.FromSeconds(600)
        yield pb.ExecuteStreamResponse(accepted=pb.Accepted(call_id="c", options=options))
        yield from list(returning(1)(call, context))[1:]

    service.handler = granted
    greedy = client.with_options(timeout=99999, memory="2GiB", output_limit=5)
    logs = [event.text for event in greedy.stream(SOURCE) if isinstance(event, Log)]
    where = f"the server at {client.address} allows"
    assert logs == [
        f"{where} a timeout of at most 600 s; 99999 s was asked for, and cut",
        f"{where} memory of at most 1 GiB; 2 GiB was asked for, and cut",
    ]
    assert greedy.run(SOURCE) == 1
    assert capsys.readouterr().err == ""
