"""`cloche run --plot`."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import typer
from cloche.cli._plot import save_plot

from tests.client.cli.test_app import run
from tests.client.support.fake_server import FakeService, returning

if TYPE_CHECKING:
    from pathlib import Path

RESULT = {
    "tokens": ["<bos>", " Paris", " $x$"],
    "curve": [3, 1.5, 0],
    "table": np.arange(6.0).reshape(2, 3) - 2,
    "answer": " Paris",
    "deep": np.zeros((2, 2, 2)),
}


def test_curves_and_tables_are_drawn_with_their_tokens(
    service: FakeService, address: str, technique: str, tmp_path: Path, capsys: Any
) -> None:
    service.handler = returning(RESULT)
    path = tmp_path / "out.svg"
    assert run("run", technique, "-a", address, "--plot", str(path)) == 0
    assert "drew 2 of the result's parts" in capsys.readouterr().err
    drawn = path.read_text()
    for text in ("curve", "table", "Paris", "$x$"):
        assert f"<!-- {text}" in drawn or f"<!--  {text}" in drawn
    assert "deep" not in drawn
    assert drawn.count("<image") == 2  # the table and its scale


def test_a_table_is_drawn_in_colours_of_its_numbers(tmp_path: Path) -> None:
    from matplotlib.image import imread

    path = tmp_path / "out.png"
    assert save_plot({"table": np.array([[-1.0, 1.0]])}, path) == 1
    pixels = imread(path)[..., :3]
    blue, red = pixels[..., 2] - pixels[..., 0], pixels[..., 0] - pixels[..., 2]
    _, width = blue.shape
    # The lower half of the range is blue and on the left, the upper is red and right of it.
    left, right = np.argwhere(blue > 0.2)[:, 1], np.argwhere(red > 0.2)[:, 1]
    assert np.median(left) < np.median(right) < width


def test_what_cannot_be_drawn_is_said(
    service: FakeService, address: str, technique: str, tmp_path: Path, capsys: Any
) -> None:
    assert run("run", technique, "-a", address, "--plot", str(tmp_path / "out.doc")) == 2
    assert "ends with .html, .pdf, .png, .svg" in capsys.readouterr().err
    assert not service.calls  # nothing has run
    for result in ("text", {"one": 1.0}, [["a"]], np.float32(3), {"huge": [10**400, 1]}):
        with pytest.raises(typer.BadParameter, match="no curve and no table"):
            save_plot(result, tmp_path / "out.png")
    with pytest.raises(typer.BadParameter, match="cannot write"):
        save_plot([1, 2], tmp_path / "nowhere/out.png")


def test_matplotlib_is_imported_only_when_asked() -> None:
    code = "import sys, cloche.cli.run; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
