"""A scripted server and a client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cloche import InterpClient

from tests.client.support.fake_server import FakeService, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def address(service: FakeService) -> Iterator[str]:
    with serving(service) as where:
        yield where


@pytest.fixture
def client(address: str) -> Iterator[InterpClient]:
    with InterpClient(address=address, progress=False, connect_timeout=5) as made:
        yield made
