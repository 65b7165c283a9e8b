"""Pictures of results, as files and as notebooks show them."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from cloche import Picture, plot

TOKENS = ["<bos>", " a", " b<i>"]


def test_one_number_for_each_token_is_a_bar() -> None:
    picture = plot({"tokens": TOKENS, "attributions": [0.5, -1.0, 2.0]})
    (axes,) = picture.figure.axes
    bars = [(each.get_height(), each.get_facecolor()) for each in axes.patches]
    assert [height for height, _ in bars] == [0.5, -1.0, 2.0]
    assert bars[0][1] == bars[2][1] != bars[1][1]
    assert [each.get_text() for each in axes.get_xticklabels()] == TOKENS
    assert axes.get_xlabel() == "token"


def test_rows_and_columns_are_named() -> None:
    picture = plot(np.ones((3, 4)), rows="layer", columns="head")
    axes = picture.figure.axes[0]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("layer", "head")
    assert axes.images[0].get_array().shape == (3, 4)
    assert picture.parts == ("result",)


def test_numbers_that_are_not_finite_leave_the_scale_to_the_others() -> None:
    picture = plot({"table": np.array([[np.nan, -2.0], [np.inf, 1.0]])})
    image = picture.figure.axes[0].images[0]
    assert (image.norm.vmin, image.norm.vmax) == (-2.0, 2.0)


@pytest.mark.parametrize("count", [2, 3, 5, 6, 13, 40])
def test_layers_and_blocks_are_whole_numbers(count: int) -> None:
    """There is no layer 2.5, neither down a table nor along a curve."""
    for shape in ((count, count), (count, 7), (7, count), (count,)):
        figure = plot(np.arange(np.prod(shape)).reshape(shape) / 7, rows="layer").figure
        figure.canvas.draw()
        axes = figure.axes[0]
        ticks = [axes.xaxis, axes.yaxis] if len(shape) == 2 else [axes.xaxis]
        for axis in ticks:
            labels = [each.get_text().replace("−", "-") for each in axis.get_ticklabels()]
            assert len(labels) > 1
            assert all(label.lstrip("-").isdigit() for label in labels), labels


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.png", b"\x89PNG"),
        ("a.PDF", b"%PDF"),
        ("a.svg", b"<?xml"),
        ("a.html", b"<!DOCTYPE html>"),
    ],
)
def test_files_are_of_the_kind_that_their_name_says(
    tmp_path: Path, name: str, start: bytes
) -> None:
    plot({"tokens": TOKENS, "<b>": [1, 2, 3]}).save(tmp_path / name)
    written = (tmp_path / name).read_bytes()
    assert written.startswith(start)
    if name == "a.html":
        assert b"<title>&lt;b&gt;</title>" in written
        assert b"<svg" in written
        assert b"<?xml" not in written
        assert b"<i>" not in written


def test_a_notebook_shows_it() -> None:
    from matplotlib.image import imread

    assert imread(io.BytesIO(plot([1, 2, 4])._repr_png_())).ndim == 3


def test_other_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends with \.html, \.pdf, \.png, \.svg"):
        plot([1, 2]).save(tmp_path / "a.doc")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="no curve and no table"):
        plot({"answer": " Paris"})


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'cloche\[plots\]'"):
        plot([1, 2])


def test_no_more_than_six_parts() -> None:
    picture = plot({f"part {number}": [1, 2] for number in range(9)})
    assert isinstance(picture, Picture)
    assert len(picture.parts) == len(picture.figure.axes) == 6
