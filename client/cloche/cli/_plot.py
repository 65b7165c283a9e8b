"""`--plot`: a result's curves and tables as a picture. matplotlib is imported when asked for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import typer

from cloche.cli._render import as_array

_PANELS = 6
_LABELS = 40  # more than this many tokens are not written out
_KINDS = (".pdf", ".png", ".svg")


def check_plot(path: Path) -> None:
    """Raises BadParameter, before anything runs, where no picture could be written to `path`."""
    if path.suffix.lower() not in _KINDS:
        raise typer.BadParameter(f"{path}: a picture's name ends with {', '.join(_KINDS)}")
    if importlib.util.find_spec("matplotlib") is None:
        raise typer.BadParameter("--plot draws with matplotlib: pip install 'cloche[plots]'")


def save_plot(result: object, path: Path) -> int:
    """Draws up to six of a result's numeric curves and tables to `path`, and counts them.

    Of a dictionary, the values that are arrays of one or two dimensions, under their names. Where
    it has "tokens", they stand at an axis of their number.
    """
    panels = _panels(result)
    if not panels:
        raise typer.BadParameter("--plot: the result holds no curve and no table of numbers")
    from matplotlib.figure import Figure

    tokens = result.get("tokens") if isinstance(result, dict) else None
    names = [str(token) for token in tokens] if isinstance(tokens, (list, tuple)) else []
    figure = Figure(figsize=(6.4, 3.6 * len(panels)), layout="constrained")
    for number, (title, values) in enumerate(panels, 1):
        axes = figure.add_subplot(len(panels), 1, number)
        axes.set_title(title, parse_math=False)  # a name may hold a dollar sign
        if values.ndim == 1:
            axes.plot(values, marker="o")
            axes.grid(alpha=0.3)
        else:
            _heat_map(figure, axes, values)
        if 0 < len(names) <= _LABELS and values.shape[-1] == len(names):
            texts = [repr(name)[1:-1] for name in names]
            axes.set_xticks(range(len(names)), texts, rotation=60, parse_math=False)
    try:
        figure.savefig(path)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from None
    return len(panels)


def _heat_map(figure: Any, axes: Any, values: np.ndarray[Any, Any]) -> None:
    finite = values[np.isfinite(values)]
    signed = finite.size > 0 and finite.min() < 0
    bound = float(np.abs(finite).max()) if signed else None
    image = axes.imshow(
        values,
        aspect="auto",
        interpolation="nearest",
        cmap="RdBu_r" if signed else "viridis",  # white at 0 where numbers have two signs
        vmin=-bound if bound is not None else None,
        vmax=bound,
    )
    figure.colorbar(image)


def _panels(result: object) -> list[tuple[str, np.ndarray[Any, Any]]]:
    named = result.items() if isinstance(result, dict) else [("result", result)]
    found = []
    for name, value in named:
        array = _numbers(value)
        if array is not None and array.ndim in (1, 2) and array.shape[-1] > 1:
            found.append((str(name), array))
    return found[:_PANELS]


def _numbers(value: object) -> np.ndarray[Any, Any] | None:
    """A tensor, an array, or a list of plain numbers, as float64."""
    array = as_array(value)
    if array is None and isinstance(value, (list, tuple)):
        if not value or not all(type(item) in (int, float) for item in value):
            return None
        try:
            return np.array(value, dtype=np.float64)
        except OverflowError:
            return None
    if array is None or array.dtype.kind not in "biuf":
        return None
    return array.astype(np.float64)
