"""InterpClient(app_name=...) where calls come in through tunnels: leases, gates, new containers.

The gate is the one that runs in a container; what it guards answers from a script.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from cloche import (
    HostingError,
    InterpClient,
    PolicyError,
    ServerBusyError,
    ServerError,
    ServerUnavailableError,
)
from cloche.contract.config import ServerConfig
from cloche.contract.reason import Reason
from cloche.modal import Endpoint, deploy, deployment_for, status
from cloche.modal.tunnel.channel import TunnelChannel
from cloche.modal.tunnel.lease import LEASE_PATH, Lease, take_lease
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as rpc
from cloche_server.hosting.tunnel import leases
from cloche_server.hosting.tunnel.opened import Tunnel

from tests.client.support.fake_server import FakeService, accepted, refusing, returning, serving
from tests.support import modal_tunnel
from tests.support.modal_control_plane import ControlPlane
from tests.support.modal_edge import Edge
from tests.support.modal_edge import running as running_edge
from tests.support.waiting import PATIENCE_S

SOURCE = "def f(model, tokenizer): ..."
TOKEN = ("wk", "ws")


@dataclass(frozen=True)
class Container:
    """Where leases are given, and the public port of its tunnel."""

    port: int
    public: int
    tunnel: Tunnel


@pytest.fixture(scope="module")
def site(
    served_plane: ControlPlane, certificate: tuple[Path, Path]
) -> Iterator[tuple[Edge, modal_tunnel.Relay, ServerConfig]]:
    """The app "probe" is deployed with a tunnel, and Modal's proxy and tunnels are there."""
    served_plane.reset()
    with (
        pytest.MonkeyPatch.context() as patch,
        running_edge(Edge(token=TOKEN), *certificate) as edge,
        modal_tunnel.running(*certificate) as relay,
    ):
        patch.setenv("SSL_CERT_FILE", str(certificate[0]))
        patch.setenv("no_proxy", "localhost")
        served_plane.endpoint = edge.url
        deployment = deployment_for("probe", "org/tiny", endpoint=Endpoint(kind="tunnel"))
        assert deploy(deployment).action == "deployed"
        yield edge, relay, deployment.server


@pytest.fixture
def edge(site: tuple[Edge, modal_tunnel.Relay, ServerConfig]) -> Edge:
    """No container runs, and nothing was asked."""
    edge = site[0]
    edge.backend, edge.gone, edge.turned_away = None, False, 0
    edge.on_demand = lambda: None
    edge.requests.clear()
    return edge


@pytest.fixture(scope="module")
def start(
    site: tuple[Edge, modal_tunnel.Relay, ServerConfig],
) -> Callable[[str], contextlib.AbstractContextManager[Container]]:
    @contextlib.contextmanager
    def started(front: str) -> Iterator[Container]:
        """A container without a zygote: a gate before whatever listens at `front`."""
        _, relay, config = site
        port = _free_ports()

        @contextlib.contextmanager
        def forward(to: int) -> Iterator[Any]:
            class Forwarded:
                tls_socket = relay.open(to)

            yield Forwarded()

        tunnel = Tunnel(replace(config, listen=front), port, os.environ, forward)
        try:
            yield Container(port, relay.ports[port + 1], tunnel)
        finally:
            tunnel.stop()

    return started


@pytest.fixture(scope="module")
def running(start: Any) -> Iterator[tuple[FakeService, str, Container]]:
    service = FakeService()
    with serving(service) as front, start(front) as container:
        yield service, front, container


@pytest.fixture
def service(running: tuple[FakeService, str, Container]) -> FakeService:
    vars(running[0]).update(vars(FakeService()))
    return running[0]


@pytest.fixture
def front(running: tuple[FakeService, str, Container]) -> str:
    return running[1]


@pytest.fixture
def container(edge: Edge, running: tuple[FakeService, str, Container]) -> Container:
    """One container runs."""
    edge.backend = running[2].port
    return running[2]


def _client(**options: Any) -> InterpClient:
    return InterpClient(app_name="probe", proxy_token=TOKEN, progress=False, **options)


def _stub(container: Container, certificate: Path) -> rpc.ExecutionServiceStub:
    credentials = grpc.ssl_channel_credentials(certificate.read_bytes())
    return rpc.ExecutionServiceStub(
        grpc.secure_channel(f"localhost:{container.public}", credentials)
    )


def _lease(edge: Edge) -> Lease:
    return take_lease(edge.url, {"modal-key": "wk", "modal-secret": "ws"}, timeout_s=10)


def test_both_ends_name_the_same_path() -> None:
    assert LEASE_PATH == leases.LEASE_PATH


@pytest.mark.usefixtures("container")
class TestCalls:
    def test_a_call(self, edge: Edge, service: FakeService) -> None:
        service.handler = returning({"a": 1})
        with _client() as client:
            assert client.run(SOURCE) == {"a": 1}
        assert {request[":path"] for request in edge.requests} == {LEASE_PATH}
        assert {request["modal-key"] for request in edge.requests} == {"wk"}
        assert status("probe").endpoint == "tunnel"

    def test_a_large_result_streams_through(self, service: FakeService) -> None:
        service.handler = returning(b"x" * (3 << 20), chunk=1 << 16)
        with _client() as client:
            assert client.run(SOURCE) == b"x" * (3 << 20)

    def test_signs_of_life_pass(self, service: FakeService) -> None:
        service.handler = returning(3, pb.ExecuteStreamResponse(), pb.ExecuteStreamResponse())
        with _client() as client:
            assert client.run(SOURCE) == 3

    def test_a_refusal_comes_with_its_details(self, service: FakeService) -> None:
        found = pb.Diagnostics(items=[pb.Diagnostic(code="import", message="no", line=1)])
        service.handler = refusing(Reason.POLICY, diagnostics=found)
        with _client() as client, pytest.raises(PolicyError) as caught:
            client.run(SOURCE)
        assert caught.value.diagnostics[0].code == "import"

    def test_a_call_holds_its_lease_while_it_runs(self, edge: Edge, service: FakeService) -> None:
        """So the autoscaler sees it, and Modal does not end its container."""
        go_on = threading.Event()
        held: list[int] = []

        def handler(call: pb.Call, context: Any) -> Iterator[pb.ExecuteStreamResponse]:
            yield from returning(1)(call, context)
            held.append(edge.held)
            go_on.wait(10)

        service.handler = handler
        with _client() as client:
            events = client.stream(SOURCE)
            next(events)
            _until(lambda: held == [1])
            go_on.set()
            list(events)
            _until(lambda: edge.held == 0)

    def test_cancelling_ends_the_call_in_the_container(
        self, edge: Edge, service: FakeService
    ) -> None:
        def handler(call: pb.Call, context: Any) -> Iterator[pb.ExecuteStreamResponse]:
            yield accepted(call)
            service.cancelled.wait(10)

        service.handler = handler
        with _client() as client:
            events = client.stream(SOURCE)
            next(events)
            events.close()
            assert service.cancelled.wait(10)
            _until(lambda: edge.held == 0)

    def test_a_wrong_proxy_token_gets_no_lease(self) -> None:
        with (
            InterpClient(app_name="probe", proxy_token=("wk", "no"), progress=False) as client,
            pytest.raises(HostingError, match=r"proxy token was refused.*proxy-tokens create"),
        ):
            client.run(SOURCE)

    def test_many_at_once(self, edge: Edge, service: FakeService) -> None:
        service.handler = returning(3)
        with _client() as client:
            assert client.map(SOURCE, range(12), concurrency=6) == [3] * 12
        _until(lambda: edge.held == 0)


class TestDoor:
    """Whoever knows the tunnel's address."""

    @pytest.mark.parametrize(
        "headers",
        [
            (),
            (("authorization", "Bearer " + "x" * 43),),
            (("authorization", "x" * 43),),
            (("modal-key", "wk"), ("modal-secret", "ws")),
        ],
    )
    def test_without_a_lease_it_is_shut(
        self,
        container: Container,
        certificate: tuple[Path, Path],
        service: FakeService,
        headers: tuple[tuple[str, str], ...],
    ) -> None:
        stub = _stub(container, certificate[0])
        for call in (
            lambda: stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=headers, timeout=10),
            lambda: list(
                stub.ExecuteStream(pb.ExecuteStreamRequest(), metadata=headers, timeout=10)
            ),
        ):
            with pytest.raises(grpc.RpcError) as caught:
                call()
            assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert not service.calls

    def test_a_token_is_good_for_as_long_as_its_lease(
        self, edge: Edge, container: Container, certificate: tuple[Path, Path]
    ) -> None:
        stub = _stub(container, certificate[0])
        lease = _lease(edge)
        assert lease.address == f"localhost:{container.public}"
        assert lease.token not in repr(lease)
        headers = (("authorization", f"Bearer {lease.token}"),)

        def ask(headers: tuple[tuple[str, str], ...]) -> Any:
            return stub.GetServerInfo(pb.GetServerInfoRequest(), metadata=headers, timeout=10)

        assert ask(headers).model.name == "tiny"
        with pytest.raises(grpc.RpcError, match="token of a lease"):
            ask(headers * 2)
        lease.close()

        def refused() -> bool:
            try:
                ask(headers)
            except grpc.RpcError as error:
                return bool(error.code() is grpc.StatusCode.UNAUTHENTICATED)  # type: ignore[attr-defined]
            return False

        _until(refused)

    def test_what_is_no_lease_is_not_served(self, container: Container) -> None:
        for sent in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"POST /cloche/lease HTTP/1.1\r\n\r\n",
            b"\r\n" * 4,
        ):
            with socket.create_connection(("127.0.0.1", container.port), 10) as raw:
                raw.sendall(sent)
                assert raw.makefile("rb").readline() == b"HTTP/1.1 404 Not Found\r\n"

    def test_the_gate_ends_with_its_parent(
        self, edge: Edge, start: Any, front: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with start(front) as container:
            edge.backend = container.port
            with closing(_lease(edge)):  # who holds one does not hold the gate up
                container.tunnel.process.stdin.close()
                assert container.tunnel.process.wait(PATIENCE_S) == 0
        assert capfd.readouterr().err == ""


class TestContainersComeAndGo:
    def test_a_cold_start(self, edge: Edge, service: FakeService, container: Container) -> None:
        service.handler = returning(4)
        edge.backend = None

        def wake() -> None:
            if edge.turned_away == 2:
                edge.backend = container.port

        edge.on_demand = wake
        with _client() as client:
            assert client.run(SOURCE) == 4
        assert edge.turned_away == 2

    def test_a_replaced_container_is_not_asked_again(
        self, edge: Edge, service: FakeService, front: str, start: Any
    ) -> None:
        service.handler = returning(5)
        with _client(ready_timeout=0.5) as client:
            for _ in range(2):
                with start(front) as made:
                    edge.backend = made.port
                    assert client.run(SOURCE) == 5
            edge.backend = None
            with pytest.raises(ServerUnavailableError, match="cloche logs probe"):
                client.run(SOURCE)

    def test_a_stopped_app(self, edge: Edge) -> None:
        edge.gone = True
        with _client() as client, pytest.raises(HostingError, match=r"nothing is served.*deploy"):
            client.run(SOURCE)

    def test_a_busy_server_is_asked_again(
        self, container: Container, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cloche.client.call._BUSY_PATIENCE_S", 0.3)
        service.handler = refusing(Reason.BUSY, retry_after_s=0.1)
        with _client() as client, pytest.raises(ServerBusyError):
            client.run(SOURCE)
        assert len(service.calls) >= 2


class TestHostileAnswers:
    """Whoever took the container over answers to a request for a lease."""

    @pytest.mark.parametrize(
        "body",
        [
            b"\x80\x04cos\nsystem\n.\n",
            b"[" * 4000,
            b"{}",
            b'{"address": "h:1", "token": 3}',
            b'{"address": "h:99999", "token": "%s"}' % (b"t" * 43),
            b'{"address": "unix:/tmp/x:1", "token": "%s"}' % (b"t" * 43),
            b'{"address": "h:1", "token": "short"}',
            b'{"address": "h:1", "token": "%s\\r\\n"}' % (b"t" * 43),
            b"x" * (1 << 20),
            b"",
        ],
    )
    def test_no_lease(self, edge: Edge, body: bytes) -> None:
        with _answering(b"200 OK", body) as edge.backend, _client() as client:
            with pytest.raises(HostingError, match="answered with no lease") as caught:
                client.run(SOURCE)
            assert len(str(caught.value)) < 300

    def test_a_redirect_is_not_followed(self, edge: Edge) -> None:
        with _answering(b"200 OK", b"") as elsewhere:
            to = b"302 Found\r\nlocation: http://127.0.0.1:%d/" % elsewhere
            with (
                _answering(to, b"") as edge.backend,
                _client() as client,
                pytest.raises(ServerError, match="HTTP status: 302"),
            ):
                client.run(SOURCE)

    def test_a_tunnel_that_is_gone(self, edge: Edge) -> None:
        gone = f'{{"address": "localhost:{_free_ports()}", "token": "{"t" * 43}"}}\n'.encode()
        with (
            _answering(b"200 OK", gone) as edge.backend,
            _client(connect_timeout=0.5) as client,
            pytest.raises(ServerUnavailableError, match="no Cloche server answers"),
        ):
            client.run(SOURCE)


def test_channels_that_nothing_uses_are_closed() -> None:
    class Held:
        def close(self) -> None: ...

    addresses = iter(["h:1", "h:2", "h:2"])
    channel = TunnelChannel(
        lambda _: Lease(next(addresses), "t", Held()),  # type: ignore[arg-type]
        grpc.ssl_channel_credentials(),
        [],
    )
    tunnels = channel._tunnels
    first, _ = tunnels.lease(None)
    second, kept = tunnels.lease(None)
    assert set(tunnels._open) == {"h:1", "h:2"}
    tunnels.release(first)
    tunnels.release(second)
    assert set(tunnels._open) == {"h:2"}
    assert tunnels.lease(None)[1] is kept
    channel.close()
    assert not tunnels._open


@contextlib.contextmanager
def _answering(status_line: bytes, body: bytes) -> Iterator[int]:
    """Answers every request so; yields its port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                with closing(server.accept()[0]) as connection:
                    connection.recv(1 << 16)
                    connection.sendall(b"HTTP/1.1 %s\r\nconnection: close\r\n\r\n" % status_line)
                    connection.sendall(body)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


def _free_ports() -> int:
    """The first of two neighbours that are free."""
    while True:
        with contextlib.suppress(OSError), closing(socket.socket()) as one:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            with closing(socket.socket()) as other:
                other.bind(("127.0.0.1", port + 1))
                return port


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
