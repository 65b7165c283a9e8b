"""A deployment from end to end: deployed, its container started by Modal's own entry point, found
by its name and called through a proxy. Only Modal's machines are missing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal

import psutil
import pytest
from cloche import InterpClient
from cloche.modal import Endpoint, Resources, deploy, deployment_for
from modal_proto.api_pb2 import TUNNEL_TYPE_H2

from tests.support import modal_container, modal_edge, modal_tunnel
from tests.support.memory import holds
from tests.support.modal_container import IDENTITY_TOKEN
from tests.support.modal_control_plane import ControlPlane
from tests.support.server import START_S, RunningServer
from tests.support.tiny_adapter import build_tiny_adapter
from tests.support.waiting import PATIENCE_S

HUB_TOKEN = "hub-token-of-the-secret"
SIZE = """
def size(model, tokenizer, text):
    print("in there")
    return {"parameters": model.num_parameters(), "tokens": tokenizer(text)["input_ids"]}
"""
SEEN = """
def seen(model, tokenizer, text):
    ids = tokenizer(text)["input_ids"]
    hidden = sum(token == "<|hidden|>" for token in tokenizer.convert_ids_to_tokens(ids))
    return type(model).__name__, hidden, tokenizer.decode(ids, skip_special_tokens=True)
"""
SLOW = """
import time
def slow(model, tokenizer):
    print("begun")
    time.sleep(3)
    return "answered"
"""


class Platform:
    """The deployed app "probe", Modal's proxy before it, and at most one container behind that."""

    def __init__(self, plane: ControlPlane, edge: modal_edge.Edge, folder: Path) -> None:
        self.plane, self.edge, self.folder = plane, edge, folder
        self.port = _free_ports(3)
        self._stack = ExitStack()

    def deploy(
        self,
        model: str | dict[str, object],
        *,
        kind: Literal["server", "tunnel"] = "server",
        also: dict[str, str] | None = None,
    ) -> None:
        deploy(
            deployment_for(
                "probe",
                model,
                also=also,
                resources=Resources(cpu_cores=2),
                endpoint=Endpoint(kind=kind, port=self.port),
                limits={"concurrent_calls": 2},
            )
        )

    def start(self) -> psutil.Process:
        """Starts a container; it is given calls once its server class says that it is ready."""
        ready = len(self.plane.of("ContainerServerLifecycleReady"))
        self.process = self._stack.enter_context(
            modal_container.running(
                self.plane,
                "probe",
                self.folder,
                {
                    "HF_HOME": str(self.folder / "models"),
                    "HF_HUB_OFFLINE": "1",
                    "HF_TOKEN": HUB_TOKEN,
                },
            )
        )
        _until(
            lambda: (
                len(self.plane.of("ContainerServerLifecycleReady")) > ready
                or self.process.poll() is not None
            ),
            START_S,
        )
        assert self.process.poll() is None, self.log()
        self.edge.backend = self.port
        return psutil.Process(self.process.pid)

    def running(self) -> psutil.Process:
        """The container that runs, or a new one."""
        if self.edge.backend is None:
            return self.start()
        return psutil.Process(self.process.pid)

    def retire(self) -> None:
        """Ends the container that runs, if one does."""
        if self.edge.backend is not None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)
            self.edge.cut()

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def close(self) -> None:
        self._stack.close()


@pytest.fixture(scope="module")
def platform(
    served_plane: ControlPlane, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("container")
    modal_container.hub_cache(tiny_model, "org/tiny", folder / "models")
    certificate, key = modal_edge.self_signed(folder)
    served_plane.reset()
    edge = modal_edge.Edge(token=("wk", "ws"))
    with (
        pytest.MonkeyPatch.context() as patch,
        modal_edge.running(edge, certificate, key),
        modal_tunnel.running(certificate, key) as relay,
    ):
        patch.setenv("SSL_CERT_FILE", str(certificate))
        patch.setenv("no_proxy", "localhost")
        served_plane.endpoint = edge.url
        served_plane.tunnel = relay.open
        with closing(Platform(served_plane, edge, folder)) as made:
            made.deploy("org/tiny")
            yield made


@pytest.fixture
def client(platform: Platform) -> Iterator[InterpClient]:
    with InterpClient(app_name="probe", proxy_token=("wk", "ws"), progress=False) as made:
        yield made


def test_a_cold_start_then_techniques(
    platform: Platform,
    client: InterpClient,
    server: RunningServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    platform.edge.on_demand = _once(platform)
    answered = client.run(SIZE, "hello")
    assert platform.edge.turned_away > 0
    with InterpClient(address=server.address, progress=False) as elsewhere:
        assert answered == elsewhere.run(SIZE, "hello")
        ours, theirs = client.info(), elsewhere.info()
    assert capsys.readouterr().out == "in there\n" * 2
    assert ours.model.name == "org/tiny"
    assert ours.model.threads == 2
    assert ours.limits.concurrent_calls == 2
    # The same walls as of any other server, proved in there.
    assert [(x.name, x.active) for x in ours.layers] == [(x.name, x.active) for x in theirs.layers]


def test_the_language_wall_is_up(platform: Platform, client: InterpClient) -> None:
    platform.running()
    (found,) = client.check("import pickle\ndef f(model, tokenizer): return pickle\n")
    assert "import of 'pickle' refused" in found.message


def test_secrets_stay_where_they_are_needed(platform: Platform) -> None:
    container = platform.running()
    (front,) = container.children()
    assert front.cmdline()[-2:] == ["-m", "cloche_server"]
    environment = front.environ()
    assert not [name for name in environment if name.startswith("MODAL_")]
    # The container's token is its first process's alone, and so would the hub's be.
    assert not {IDENTITY_TOKEN, HUB_TOKEN} & set(environment.values())
    read = []
    for process in front.children(recursive=True):
        # A sandbox may have just ended.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            given = Path(f"/proc/{process.pid}/environ").read_bytes()
            for token in (HUB_TOKEN, IDENTITY_TOKEN):
                assert token.encode() not in given
                assert os.geteuid() != 0 or not holds(process.pid, token.encode())
            read.append(process.pid)
    assert len(read) >= 3  # launcher, zygote, sandboxes


def test_the_exit_hook_drains_and_the_next_call_wakes_another(
    platform: Platform, client: InterpClient, capsys: pytest.CaptureFixture[str]
) -> None:
    container = platform.running()
    everyone = [container, *container.children(recursive=True)]
    answers: list[object] = []
    caller = threading.Thread(target=lambda: answers.append(client.run(SLOW)))
    caller.start()
    _until(lambda: "begun" in capsys.readouterr().out, 20)
    container.send_signal(signal.SIGTERM)
    caller.join(20)
    assert answers == ["answered"]
    assert platform.process.wait(PATIENCE_S) == 0, platform.log()
    _, alive = psutil.wait_procs(everyone, timeout=10)
    assert not alive
    platform.edge.cut()

    platform.edge.on_demand = _once(platform)
    assert client.run(SIZE, "again")["tokens"]
    assert "loading" in platform.log()


def test_a_container_ends_with_its_front(platform: Platform) -> None:
    container = platform.running()
    (front,) = container.children()
    front.kill()
    assert platform.process.wait(PATIENCE_S) == 0, platform.log()
    platform.edge.cut()


def test_a_model_that_cannot_be_had_fails_the_start(platform: Platform) -> None:
    platform.deploy("org/none")
    try:
        with pytest.raises(AssertionError, match="org/none"):
            platform.start()
    finally:
        platform.deploy("org/tiny")
    (failed,) = platform.plane.of("TaskResult")
    assert "FrontEnded" in failed.result.exception
    assert "before its model was loaded" in failed.result.exception


def test_a_container_behind_a_tunnel(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    platform.retire()
    platform.deploy("org/tiny", kind="tunnel")
    container = platform.start()
    try:
        with InterpClient(app_name="probe", proxy_token=("wk", "ws"), progress=False) as client:
            assert client.run(SIZE, "hello")["tokens"]
            (opened,) = platform.plane.of("TunnelStart")
            assert (opened.port, opened.tunnel_type) == (platform.port + 1, TUNNEL_TYPE_H2)
            gate = next(x for x in container.children() if "gate" in x.cmdline()[-1])
            assert not {name for name in gate.environ() if name.startswith(("MODAL_", "HF_"))}
            answers: list[object] = []
            caller = threading.Thread(target=lambda: answers.append(client.run(SLOW)))
            caller.start()
            _until(lambda: "begun" in capsys.readouterr().out, 20)
            container.send_signal(signal.SIGTERM)
            caller.join(20)
        assert answers == ["answered"]
        assert platform.process.wait(PATIENCE_S) == 0, platform.log()
        assert platform.plane.of("TunnelStop")
    finally:
        platform.edge.backend = None
        platform.deploy("org/tiny")


def test_an_adapter_a_hidden_prompt_and_another_model(
    platform: Platform, tiny_model: Path, tmp_path: Path
) -> None:
    platform.retire()
    adapter = build_tiny_adapter(tmp_path / "adapter", tiny_model)
    modal_container.hub_cache(adapter, "org/adapter", platform.folder / "models")
    adapted: dict[str, object] = {
        "name": "org/adapter",
        "base_model": "org/tiny",
        "hidden_system_prompt": "Never say teapot.",
        "redact_hidden_prompt": True,
    }
    platform.deploy(adapted, also={"plain": "org/tiny"})
    container = platform.start()
    try:
        with InterpClient(app_name="probe", proxy_token=("wk", "ws"), progress=False) as client:
            assert client.info().model.adapters == ("default",)
            kind, hidden, decoded = client.run(SEEN, "hello")
            plain = client.with_options(model="plain").run(SEEN, "hello")
        assert kind == "PeftModelForCausalLM"
        assert (plain[0], plain[1]) == ("LlamaForCausalLM", 0)
        assert hidden > 3
        assert decoded == plain[2]
        # What the container's first process was given, nobody below it was.
        for process in container.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                assert "teapot" not in "".join(process.environ().values())
        assert "teapot" not in platform.log()
    finally:
        platform.retire()
        platform.deploy("org/tiny")


def _once(platform: Platform) -> Callable[[], None]:
    """The first request that no container takes starts one, as the autoscaler would."""

    def start() -> None:
        platform.edge.on_demand = lambda: None
        threading.Thread(target=platform.start).start()

    return start


def _free_ports(count: int) -> int:
    """The first of so many neighbours that are free."""
    while True:
        with contextlib.suppress(OSError), ExitStack() as stack:
            port = 0
            for number in range(count):
                free = stack.enter_context(closing(socket.socket()))
                free.bind(("127.0.0.1", port + number if port else 0))
                port = port or free.getsockname()[1]
            return port


def _until(holds: Callable[[], bool], patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)
