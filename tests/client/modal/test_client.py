"""InterpClient(app_name=...): found, woken, called, and found again after it was scaled down."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from cloche import (
    HostingError,
    InterpClient,
    InvalidRequestError,
    ServerError,
    ServerUnavailableError,
)
from cloche.modal import Resources, Scaling, hf_image
from cloche.v1 import execution_pb2 as pb

from tests.client.support.fake_server import FakeService, accepted, returning, serving
from tests.support.modal_control_plane import ControlPlane
from tests.support.modal_edge import UNAVAILABLE, Edge
from tests.support.modal_edge import running as running_edge

SOURCE = "def f(model, tokenizer): ..."
TOKEN = ("wk", "ws")


@pytest.fixture
def container(edge: Edge, service: FakeService) -> Iterator[None]:
    """One container runs."""
    with serving(service) as address:
        edge.backend = int(address.rpartition(":")[2])
        yield


def _client(**options: Any) -> InterpClient:
    return InterpClient(app_name="probe", proxy_token=TOKEN, progress=False, **options)


@pytest.mark.usefixtures("container")
class TestFound:
    def test_a_call_through_tls_with_the_token(self, edge: Edge, service: FakeService) -> None:
        service.handler = returning({"a": 1})
        with _client() as client:
            assert client.run(SOURCE) == {"a": 1}
            assert client.address == f"localhost:{edge.port}"
        for request in edge.requests:
            assert (request["modal-key"], request["modal-secret"]) == TOKEN
            assert request[":scheme"] == "https"
        assert edge.requests[-1][":path"] == "/cloche.v1.ExecutionService/ExecuteStream"

    def test_a_large_result_streams_through(self, service: FakeService) -> None:
        service.handler = returning(b"x" * (3 << 20), chunk=1 << 16)
        with _client() as client:
            assert client.run(SOURCE) == b"x" * (3 << 20)

    def test_the_token_from_the_environment(
        self, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service.handler = returning(2)
        monkeypatch.setenv("MODAL_PROXY_TOKEN_ID", "wk")
        monkeypatch.setenv("MODAL_PROXY_TOKEN_SECRET", "ws")
        with InterpClient(app_name="probe", progress=False) as client:
            assert client.run(SOURCE) == 2

    def test_a_wrong_token(self) -> None:
        with (
            InterpClient(app_name="probe", proxy_token=("wk", "no"), progress=False) as client,
            pytest.raises(HostingError, match=r"proxy token was refused.*proxy-tokens create"),
        ):
            client.run(SOURCE)

    def test_no_token_where_one_is_wanted(self, edge: Edge) -> None:
        with pytest.raises(InvalidRequestError, match="probe wants a proxy token") as caught:
            InterpClient(app_name="probe")
        assert caught.value.field == "proxy_token"
        assert not edge.requests

    def test_an_open_endpoint_is_sent_no_token(
        self, edge: Edge, plane: ControlPlane, service: FakeService
    ) -> None:
        (definition,) = plane.definitions.values()
        definition.http_config.unauthenticated = True
        edge.token = None
        service.handler = returning(3)
        with _client() as client:
            assert client.run(SOURCE) == 3
        assert all("modal-key" not in request for request in edge.requests)

    def test_the_certificate_is_checked(self, edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        with (
            _client(connect_timeout=0.5) as client,
            pytest.raises(ServerUnavailableError, match="no Cloche server answers"),
        ):
            client.run(SOURCE)
        assert not edge.requests  # so the token was not told either


@pytest.mark.usefixtures("container")
def test_a_proxy_that_carries_no_trailers(edge: Edge, service: FakeService) -> None:
    edge.drops_trailers = True
    with (
        _client(ready_timeout=0.5, connect_timeout=0.5) as client,
        pytest.raises(HostingError, match="deploy again with --endpoint tunnel"),
    ):
        client.run(SOURCE)


def test_a_proxy_that_speaks_no_http_2(
    edge: Edge, plane: ControlPlane, certificate: tuple[Path, Path]
) -> None:
    with running_edge(Edge(speaks=("http/1.1",)), *certificate) as old:
        plane.endpoint = old.url
        with (
            _client(ready_timeout=0.5, connect_timeout=0.5) as client,
            pytest.raises(HostingError, match="deploy again with --endpoint tunnel"),
        ):
            client.run(SOURCE)


class TestColdStart:
    def test_it_waits_and_tells_what_is_known(
        self,
        edge: Edge,
        plane: ControlPlane,
        service: FakeService,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shown: list[str] = []
        monkeypatch.setattr("cloche.modal._remote._ASK_EVERY_S", 0.0)
        monkeypatch.setattr(
            "cloche.client.display.LoadingDisplay.waiting", lambda self, stage: shown.append(stage)
        )
        service.handler = returning(4)

        def start(stack: ExitStack) -> None:
            _until(lambda: "waiting for a container" in shown)
            plane.starting = 1
            _until(lambda: "a container is starting" in shown)
            plane.log("INFO cloche_server.front.supervisor: loading the weights\n")
            _until(lambda: "model: loading the weights" in shown)
            edge.backend = int(stack.enter_context(serving(service)).rpartition(":")[2])

        with ExitStack() as stack, _client() as client:
            starter = threading.Thread(target=start, args=(stack,))
            _when_asked(edge, starter)
            assert client.run(SOURCE) == 4
            starter.join()
        assert shown[0] == "waiting for a container"
        assert edge.turned_away >= 3

    @pytest.mark.parametrize("form", [429, 502, 503, 504, UNAVAILABLE])
    def test_each_way_in_which_proxies_say_later(
        self, edge: Edge, service: FakeService, form: int
    ) -> None:
        service.handler = returning(8)
        edge.turns_away_with = form

        def start(port: int) -> None:
            edge.backend = port if edge.turned_away == 4 else None

        with serving(service) as address, _client(connect_timeout=0.1) as client:
            edge.on_demand = lambda: start(int(address.rpartition(":")[2]))
            assert client.run(SOURCE) == 8
        assert len(service.calls) == 1

    def test_it_asks_ever_less_often(self, edge: Edge) -> None:
        with _client(ready_timeout=3.0) as client, pytest.raises(ServerUnavailableError):
            client.run(SOURCE)
        assert 5 <= edge.turned_away <= 12

    def test_a_log_of_an_earlier_start_is_not_told(
        self, edge: Edge, plane: ControlPlane, service: FakeService
    ) -> None:
        plane.log("INFO cloche_server.front.supervisor: long ago\n")
        with (
            _client(ready_timeout=0.5) as client,
            pytest.raises(ServerUnavailableError, match="last known: waiting for a container"),
        ):
            client.info()

    def test_it_gives_up_after_ready_timeout(self, edge: Edge) -> None:
        began = time.monotonic()
        with (
            _client(ready_timeout=0.5) as client,
            pytest.raises(ServerUnavailableError, match="cloche logs probe"),
        ):
            client.run(SOURCE)
        assert time.monotonic() - began < 10

    def test_modal_being_away_does_not_end_the_wait(
        self, edge: Edge, plane: ControlPlane, service: FakeService
    ) -> None:
        from grpclib import Status

        plane.refuse("AppFetchLogs", Status.PERMISSION_DENIED, "no")
        service.handler = returning(5)
        with serving(service) as address, _client() as client:
            edge.on_demand = lambda: setattr(edge, "backend", int(address.rpartition(":")[2]))
            assert client.run(SOURCE) == 5
        assert plane.of("AppFetchLogs")


class TestScaleDown:
    def test_a_call_after_it_wakes_another_container(
        self, edge: Edge, service: FakeService
    ) -> None:
        service.handler = returning(6)
        with _client() as client, serving(service) as first:
            edge.backend = int(first.rpartition(":")[2])
            assert client.run(SOURCE) == 6
            edge.cut()
            with serving(service) as second:
                port = int(second.rpartition(":")[2])
                edge.on_demand = lambda: setattr(edge, "backend", port)
                assert client.run(SOURCE) == 6
        assert edge.turned_away == 1
        assert len(service.calls) == 2

    def test_long_idle_it_asks_before_it_calls(
        self, edge: Edge, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cloche.client.connection._FRESH_S", 0.0)
        service.handler = returning(7)
        with serving(service) as address, _client() as client:
            edge.backend = int(address.rpartition(":")[2])
            client.run(SOURCE)
            client.run(SOURCE)
        asked = [request[":path"].rpartition("/")[2] for request in edge.requests]
        assert asked == ["GetServerInfo", "ExecuteStream"] * 2

    def test_a_call_that_had_begun_is_not_sent_again(
        self, edge: Edge, service: FakeService
    ) -> None:
        begun = threading.Event()

        def handler(call: pb.Call, context: Any) -> Iterator[pb.ExecuteStreamResponse]:
            yield accepted(call)
            begun.set()
            threading.Event().wait(2)

        service.handler = handler
        with serving(service) as address, _client() as client:
            edge.backend = int(address.rpartition(":")[2])
            threading.Thread(target=lambda: (begun.wait(10), edge.cut())).start()
            with pytest.raises(ServerUnavailableError, match="broke during the call"):
                client.run(SOURCE)
        assert len(service.calls) == 1

    def test_a_stopped_app(self, edge: Edge) -> None:
        edge.gone = True
        with _client() as client, pytest.raises(HostingError, match=r"nothing is served.*deploy"):
            client.run(SOURCE)


class TestArguments:
    def test_no_such_app(self, plane: ControlPlane) -> None:
        with pytest.raises(HostingError, match=r"looking up other.*deploy it first"):
            InterpClient(app_name="other")

    def test_an_app_without_an_endpoint(self, edge: Edge, plane: ControlPlane) -> None:
        plane.endpoint = ""
        with pytest.raises(HostingError, match="no URL"):
            _client()

    @pytest.mark.parametrize(
        "url",
        [
            "http://probe.invalid",
            "https://",
            "https://[::1",
            "https://probe.invalid:99999",
            "https://probe.invalid:port",
            "https://pro be.invalid",
            "https://probe\x1b[2J.invalid",
            "unix:/tmp/socket",
            "file:///etc/passwd",
            "https://" + "a" * 100_000,
        ],
    )
    def test_a_url_that_is_none(self, edge: Edge, plane: ControlPlane, url: str) -> None:
        plane.endpoint = url
        with pytest.raises(HostingError, match="as the server's URL; it should begin") as caught:
            _client()
        assert len(str(caught.value)) < 300
        assert "\x1b" not in str(caught.value)
        assert not edge.requests

    def test_numbers_of_containers_are_set_without_deploying(
        self, edge: Edge, plane: ControlPlane
    ) -> None:
        _client(keep_warm=2, container_idle_timeout=60).close()
        (update,) = plane.of("FunctionUpdateSchedulingParams")
        assert (update.settings.min_containers, update.settings.scaledown_window) == (2, 60)
        assert not plane.of("AppPublish")

    def test_all_of_the_autoscaler_is_set_without_deploying(
        self, edge: Edge, plane: ControlPlane
    ) -> None:
        scaling = Scaling(keep_warm=1, max_containers=9, target_concurrency=2.5, scaleup_window_s=4)
        _client(scaling=scaling).close()
        (update,) = plane.of("FunctionUpdateSchedulingParams")
        assert update.settings.max_containers == 9
        assert update.settings.target_concurrency_float == 2.5
        assert update.settings.scaleup_window == 4
        assert not plane.of("AppPublish")

    @pytest.mark.usefixtures("container")
    def test_deploy_with_all_that_a_container_has(self, plane: ControlPlane) -> None:
        _client(
            deploy=True,
            model_name="org/tiny",
            resources=Resources(cpu_cores=1, cpu_limit_cores=2, nonpreemptible=True),
            scaling=Scaling(max_concurrency=3),
            environment="prod",
        ).close()
        (request,) = plane.of("FunctionCreate")
        function = request.function
        assert (function.resources.milli_cpu, function.resources.milli_cpu_max) == (1000, 2000)
        assert function.scheduler_placement.nonpreemptible
        assert function.max_concurrent_inputs == 3
        asked = {found.environment_name for found in plane.of("AppGetByDeploymentName")}
        assert asked == {"prod"}
        assert {found.environment_name for found in plane.of("FunctionGet")} == {"prod"}

    @pytest.mark.usefixtures("container")
    def test_one_of_its_models(self, service: FakeService) -> None:
        service.handler = returning(8)
        _client(deploy=True, model_name="org/tiny", also={"plain": "org/plain"}).close()
        with _client(model_name="plain") as client:
            assert client.run(SOURCE) == 8
        assert [call.model for call in service.calls] == ["plain"]

    @pytest.mark.usefixtures("container")
    def test_deploy(
        self, plane: ControlPlane, service: FakeService, capsys: pytest.CaptureFixture[str]
    ) -> None:
        service.handler = returning(8)
        for _ in range(2):
            with _client(
                deploy=True,
                model_name="org/other",
                gpu="A10G",
                image=hf_image.pip_install("scipy"),
                keep_warm=1,
                limits={"timeout_max_s": 90},
            ) as client:
                assert client.run(SOURCE) == 8
        assert capsys.readouterr().err.count("gpu= rents a GPU that nothing uses yet") == 2
        (request,) = plane.of("FunctionCreate")
        assert request.function.resources.gpu_config.gpu_type == "A10G"
        assert request.function.autoscaler_settings.min_containers == 1
        assert len(plane.of("AppPublish")) == 1

    @pytest.mark.usefixtures("container")
    def test_deploy_an_adapter_with_a_hidden_prompt(self, plane: ControlPlane) -> None:
        _client(
            deploy=True,
            model_name="org/adapter",
            is_peft=True,
            base_model=Path("org/tiny"),
            adapters={"second": Path("/models/second")},
            hidden_system_prompt="Speak softly.",
            redact_hidden_prompt=True,
            also={"plain": "org/tiny"},
        ).close()
        (given,) = (r.env_dict for r in plane.of("SecretGetOrCreate") if r.env_dict)
        model, (plain,) = itemgetter("model", "also")(json.loads(given["CLOCHE_SERVER_CONFIG"]))
        assert model["base_model"] == plain["name"] == "org/tiny"
        assert model["adapters"] == [["second", "/models/second"]]
        assert model["hidden_system_prompt"] == "Speak softly."
        assert model["redact_hidden_prompt"] is True
        assert plain["served_as"] == "plain"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"address": "h:1"}, "app_name=... or address"),
            ({"hidden_system_prompt": "Hush."}, "no hidden_system_prompt.*deploy=True"),
            ({"deploy": True, "model_name": "m", "adapters": ["a"]}, "mapping of names to"),
            ({"deploy": True, "model_name": "m", "adapters": {"a": "b"}}, "base_model too"),
            ({"gpu": "L4"}, "runs with no gpu, and gpu='L4' was given; give deploy=True"),
            ({"model_name": "org/other"}, "model_name='org/tiny', and model_name='org/other'"),
            ({"dtype": "bfloat16"}, "no dtype|dtype='float32'.*dtype='bfloat16'"),
            ({"gpu": "two of them"}, "resources.gpu"),
            ({"deploy": True}, "deploy=True needs model_name="),
            ({"deploy": True, "model_name": "gpt2", "gpu": "two of them"}, "resources.gpu"),
            ({"keep_warm": -1}, "scaling.keep_warm is -1"),
            ({"keep_warm": 1, "scaling": Scaling()}, "give scaling=, or keep_warm"),
            ({"gpu": "L4", "resources": Resources()}, "give resources=, or gpu"),
            ({"scaling": {"keep_warm": 1}}, r"scaling must be a cloche.modal.Scaling"),
            ({"proxy_token": "wk"}, "pair of texts"),
        ],
    )
    def test_wrong(self, edge: Edge, options: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidRequestError, match=message):
            InterpClient(**{"app_name": "probe", "proxy_token": TOKEN, **options})

    @pytest.mark.parametrize("name", ["deploy", "gpu", "keep_warm", "environment"])
    def test_for_an_app_only(self, name: str) -> None:
        options: dict[str, Any] = {name: 1}
        with pytest.raises(InvalidRequestError, match=f"{name}: for an app on Modal"):
            InterpClient(address="localhost:1", **options)


def test_errors_are_server_errors() -> None:
    assert issubclass(HostingError, ServerError)


def _when_asked(edge: Edge, starter: threading.Thread) -> None:
    """The first request that no container takes starts one."""

    def once() -> None:
        edge.on_demand = lambda: None
        starter.start()

    edge.on_demand = once


def _until(holds: Any) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
