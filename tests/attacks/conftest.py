"""One wall and one set of subjects for all attacks without a server."""

from __future__ import annotations

import gc

import pytest
import torch
from cloche_server.policy import LanguageWall

from tests.attacks import subjects as made
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
