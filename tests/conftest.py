"""Servers that the whole run shares: starting one takes seconds, a call milliseconds."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

# Forks of this process are watched for what they open; gRPC's handlers would open pollers in them.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"  # before gRPC is imported

import pytest
from cloche.contract.config import Limits, ModelConfig, ServerConfig

from tests.attacks.tally import Tally
from tests.support.server import RunningServer, running_server

if TYPE_CHECKING:
    from tests.support.modal_control_plane import ControlPlane
    from tests.support.shared_server import SharedServer

THREADS = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--weights",
        choices=("fork", "handles"),
        default="fork",
        help="how the shared servers' sandboxes get the weights",
    )


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in its background with SIGINT ignored, and so would every process be
    # that a test interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # Here, not beside the attacks: the process that deals tests to others loads only this file.
    config.pluginmanager.register(Tally(), "cloche-attacks")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.support.distribution import scheduler

    return scheduler(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if re.search(r"\bat 0x[0-9a-f]{6,}", item.nodeid, re.IGNORECASE):
            raise pytest.UsageError(
                f"{item.nodeid}: an address in a test's id, so that no two processes collect the "
                "same tests; give it ids of its own (ids=lambda value: value.__name__)"
            )
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist
        from tests.support.distribution import longest_first

        longest_first(items)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a tiny Llama with a trained tokenizer."""
    from tests.support.tiny_model import build_tiny_model

    return build_tiny_model(tmp_path_factory.mktemp("tiny-llama"))


@pytest.fixture(scope="session")
def weights(request: pytest.FixtureRequest) -> Literal["fork", "handles"]:
    """The backend that this run is about."""
    chosen: Literal["fork", "handles"] = request.config.getoption("--weights")
    return chosen


@pytest.fixture(scope="session")
def config(tiny_model: Path, weights: Literal["fork", "handles"]) -> ServerConfig:
    """What the shared servers run with."""
    return ServerConfig(
        model=ModelConfig(name=str(tiny_model), threads=THREADS, weights=weights),
        limits=Limits(concurrent_calls=4, queued_calls=8, timeout_max_s=120.0),
        pool_size=2,
    )


@pytest.fixture(scope="session")
def server(config: ServerConfig) -> Iterator[RunningServer]:
    """Both walls up. Tests must leave it as they found it."""
    with running_server(config) as running:
        yield running


@pytest.fixture(scope="session")
def kernel_wall_alone(config: ServerConfig) -> Iterator[RunningServer]:
    """The language wall is off: techniques are plain Python inside the sandbox."""
    import dataclasses

    with running_server(dataclasses.replace(config, unsafe_walls_off=("language",))) as running:
        yield running


@pytest.fixture(scope="session")
def served_plane() -> Iterator[ControlPlane]:
    """One for the run: Modal's client keeps its connection for the process. Reset it before use."""
    from tests.support.modal_control_plane import ControlPlane, running

    with pytest.MonkeyPatch.context() as patch, running(ControlPlane()) as plane:
        patch.setenv("MODAL_SERVER_URL", plane.url)
        patch.setenv("MODAL_TOKEN_ID", "ak-test")
        patch.setenv("MODAL_TOKEN_SECRET", "as-test")
        patch.delenv("MODAL_ENVIRONMENT", raising=False)
        yield plane
        import modal

        modal.Client.from_env().close()


@pytest.fixture(scope="module")
def shared(
    config: ServerConfig, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedServer]:
    """A server with tenants and tokens, over TLS; a module's own."""
    from tests.support.shared_server import shared_server

    with shared_server(config, tmp_path_factory.mktemp("shared")) as made:
        yield made
