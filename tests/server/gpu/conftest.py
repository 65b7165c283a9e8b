"""A driver without a device, built once a run: see fake_cuda.c."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("fake_cuda.c")
#: Names a driver to test with instead of the one that is built here.
VARIABLE = "CLOCHE_LIBCUDA"


@pytest.fixture(scope="session")
def libcuda(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of the driver."""
    if given := os.environ.get(VARIABLE):
        return given
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to build a driver with")
    built = tmp_path_factory.mktemp("cuda") / "libcuda_fake.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, SOURCE], check=True)
    return str(built)
