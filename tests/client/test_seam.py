"""The client's one way into the server's package."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cloche import seam


@pytest.mark.parametrize("name", seam.__all__)
def test_each_name_is_there(name: str) -> None:
    assert getattr(seam, name) is not None


def test_no_other_name_is() -> None:
    with pytest.raises(AttributeError, match=r"module 'cloche.seam' has no attribute 'os'"):
        _ = seam.os  # type: ignore[attr-defined]


def test_its_import_brings_nothing_of_the_server() -> None:
    said = (
        "import sys; from cloche import seam; import cloche.modal;"
        "print([name for name in sys.modules if name.startswith('cloche_server')])"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
