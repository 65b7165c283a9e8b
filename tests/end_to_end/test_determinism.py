"""Deterministic calls: equal results, and digests that say so without them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator

import pytest
from cloche import (
    AsyncInterpClient,
    Done,
    InterpClient,
    InvalidRequestError,
    TechniqueError,
    wire,
)

from tests.support.server import RunningServer

DRAW = """
import random

import numpy
import torch

def draw(model, tokenizer):
    return random.random(), numpy.random.rand(), torch.rand(3), torch.get_num_threads()
"""
THREADS = "import torch\ndef threads(model, tokenizer):\n    return torch.get_num_threads()\n"
WITHOUT = """
import torch

def without(model, tokenizer):
    x = torch.zeros(4)
    x.put_(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]), accumulate=False)
    return x
"""


@pytest.fixture
def client(server: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=server.address, progress=False) as made:
        yield made


def test_equal_runs_have_equal_digests(client: InterpClient) -> None:
    view = client.with_options(deterministic=True)
    events = list(view.stream(DRAW))
    done = events[-1]
    assert isinstance(done, Done)
    assert done.result[3] == 1
    digest = hashlib.sha256(wire.encode(done.result)).hexdigest()
    assert done.usage.result_sha256 == digest
    assert view.digest(DRAW) == view.digest(DRAW) == digest
    assert view.with_options(seed=1).digest(DRAW) != digest


def test_a_digest_comes_without_its_result(client: InterpClient) -> None:
    size = "import torch\ndef f(model, tokenizer):\n    return torch.zeros(1_000_000)\n"
    view = client.with_options(deterministic=True, result_limit=10_000_000)
    assert len(view.digest(size)) == 64
    assert client.digest(DRAW) != client.digest(DRAW)


def test_nobody_is_told_a_digest_unasked(client: InterpClient) -> None:
    done = list(client.stream(DRAW))[-1]
    assert isinstance(done, Done)
    assert done.usage.result_sha256 == ""


def test_what_has_no_deterministic_algorithm_raises(client: InterpClient) -> None:
    client.run(WITHOUT)
    with pytest.raises(TechniqueError, match="does not have a deterministic implementation"):
        client.with_options(deterministic=True).run(WITHOUT)


def test_it_ends_with_its_call(client: InterpClient) -> None:
    with client.session() as session:
        before = session.run(THREADS)
        assert session.with_options(deterministic=True).run(THREADS) == 1
        assert session.run(THREADS) == before
        session.run(WITHOUT)


def test_it_is_a_switch(client: InterpClient) -> None:
    with pytest.raises(InvalidRequestError, match="deterministic is 1; it must be True or False"):
        client.with_options(deterministic=1)  # type: ignore[arg-type]


def test_asynchronously(server: RunningServer) -> None:
    async def twice() -> set[str]:
        async with AsyncInterpClient(address=server.address, progress=False) as client:
            view = client.with_options(deterministic=True)
            return {await view.digest(DRAW) for _ in range(2)}

    assert len(asyncio.run(twice())) == 1
