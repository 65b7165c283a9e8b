"""One wall and one set of subjects for all attacks without a server."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch
from cloche.contract.config import Limits, ModelConfig, ServerConfig
from cloche_server.walls.language import LanguageWall

from tests.attacks import subjects as made
from tests.attacks.batches import Range
from tests.attacks.behind_server import target
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
def attacked(tiny_model: Path, weights: Literal["fork", "handles"]) -> ServerConfig:
    """What the attacked servers run with."""
    return ServerConfig(
        model=ModelConfig(name=str(tiny_model), threads=1, weights=weights),
        limits=Limits(concurrent_calls=4, queued_calls=8, timeout_max_s=120.0),
        pool_size=3,
    )


@pytest.fixture(scope="module")
def both_walls(attacked: ServerConfig, request: pytest.FixtureRequest) -> Iterator[Range]:
    yield from _range(attacked, request.session.items, "test_both_walls")


@pytest.fixture(scope="module")
def kernel_alone(attacked: ServerConfig, request: pytest.FixtureRequest) -> Iterator[Range]:
    """The language wall is off: an attack is plain Python in a sandbox."""
    off = replace(attacked, unsafe_walls_off=("language",))
    yield from _range(off, request.session.items, "test_kernel_wall_alone")


def _range(config: ServerConfig, items: list[pytest.Item], test: str) -> Iterator[Range]:
    """For the attacks that are to be run in this session."""
    chosen = [each for each in items if isinstance(each, pytest.Function)]
    paths = [each.callspec.params["path"] for each in chosen if each.originalname == test]
    made = Range(lambda: target(config), paths)
    yield made
    made.close()
