"""One wall for all of it."""

from __future__ import annotations

import pytest
import torch
from cloche_server.walls.language import LanguageWall


@pytest.fixture(scope="session")
def wall() -> LanguageWall:
    torch.set_num_threads(1)
    return LanguageWall.build()
