"""One wall and one set of subjects for all attacks without a server."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from cloche_server.config import Limits, ModelConfig, ServerConfig
from cloche_server.policy import LanguageWall

from tests.attacks import subjects as made
from tests.attacks.behind_server import Range
from tests.attacks.unconfined import Subjects


@pytest.fixture(scope="session")
def wall() -> LanguageWall:
    torch.set_num_threads(1)
    built = LanguageWall.build()
    gc.freeze()  # a collection in a fork would copy every page
    return built


@pytest.fixture(scope="session")
def subjects() -> Subjects:
    return made.build()


@pytest.fixture(scope="session")
def attacked(tiny_model: Path) -> ServerConfig:
    """What the attacked servers run with."""
    return ServerConfig(
        model=ModelConfig(name=str(tiny_model), threads=1),
        limits=Limits(concurrent_calls=4, queued_calls=8, timeout_max_s=120.0),
        pool_size=3,
    )


@pytest.fixture(scope="session")
def both_walls(attacked: ServerConfig) -> Iterator[Range]:
    yield from _range(attacked)


@pytest.fixture(scope="session")
def kernel_alone(attacked: ServerConfig) -> Iterator[Range]:
    """The language wall is off: an attack is plain Python in a sandbox."""
    yield from _range(replace(attacked, unsafe_walls_off=("language",)))


def _range(config: ServerConfig) -> Iterator[Range]:
    made = Range(config)
    yield made
    made.close()
