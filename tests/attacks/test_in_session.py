"""Every attack in a session: those against the kernel and the front behind that wall alone, those
against the language behind both, for it is the language's names that stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cloche.contract.config import ServerConfig

from tests.attacks.attack import find, name
from tests.attacks.batches import Range
from tests.attacks.behind_server import target
from tests.attacks.in_session import SessionTarget

pytestmark = pytest.mark.timeout(1800)


def _range(config: ServerConfig, request: pytest.FixtureRequest, test: str) -> Iterator[Range]:
    items = [each for each in request.session.items if isinstance(each, pytest.Function)]
    paths = [each.callspec.params["path"] for each in items if each.originalname == test]
    made = Range(lambda: target(config, SessionTarget), paths)
    yield made
    made.close()


@pytest.fixture(scope="module")
def kernel_alone_in_sessions(
    attacked: ServerConfig, request: pytest.FixtureRequest
) -> Iterator[Range]:
    off = replace(attacked, unsafe_walls_off=("language",))
    yield from _range(off, request, "test_behind_the_kernel_wall_alone")


@pytest.fixture(scope="module")
def both_walls_in_sessions(
    attacked: ServerConfig, request: pytest.FixtureRequest
) -> Iterator[Range]:
    yield from _range(attacked, request, "test_behind_both_walls")


@pytest.mark.parametrize("path", find("kernel", "front"), ids=name)
def test_behind_the_kernel_wall_alone(path: Path, kernel_alone_in_sessions: Range) -> None:
    outcome = kernel_alone_in_sessions.attempt(path)
    assert outcome.effect is None, outcome


@pytest.mark.nightly
@pytest.mark.parametrize("path", find("language"), ids=name)
def test_behind_both_walls(path: Path, both_walls_in_sessions: Range) -> None:
    outcome = both_walls_in_sessions.attempt(path)
    assert outcome.effect is None, outcome
