"""A tiny model on disk, built once; tests that change it copy it first."""

import shutil
from pathlib import Path

import pytest

from tests.support.tiny_model import build_tiny_model


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny_copy(tiny_path: Path, tmp_path: Path) -> Path:
    copied: Path = shutil.copytree(tiny_path, tmp_path / "copy")
    return copied
