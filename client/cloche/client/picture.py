"""Pictures of results: curves, tables, what tokens count. matplotlib is imported when asked for."""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cloche.client.arrays import as_array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = (".html", ".pdf", ".png", ".svg")
_PANELS = 6
_LABELS = 40  # more than this many tokens are not written out
_BELOW, _ABOVE = "#2166ac", "#b2182b"  # as the ends of the tables' colours


@dataclass(frozen=True)
class Picture:
    """What `plot` drew; a notebook shows it where it is the last thing in a cell.

    `figure` is matplotlib's, for what is to be changed.
    """

    figure: Figure
    parts: tuple[str, ...]

    def save(self, path: Path | str) -> None:
        """Writes it as its name's end says: .html, .pdf, .png or .svg.

        Raises:
            ValueError: the name has another end.
            OSError: the file cannot be written.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in KINDS:
            raise ValueError(f"{path}: a picture's name ends with {', '.join(KINDS)}")
        if kind == ".html":
            title = html.escape(", ".join(self.parts))
            head = f'<!DOCTYPE html><meta charset="utf-8"><title>{title}</title>\n'
            path.write_text(head + self._drawn("svg").decode().partition("?>")[2])
        else:
            self.figure.savefig(path)

    def _repr_png_(self) -> bytes:
        return self._drawn("png")

    def _drawn(self, kind: str) -> bytes:
        kept = io.BytesIO()
        self.figure.savefig(kept, format=kind)
        return kept.getvalue()


def plot(result: object, *, rows: str = "", columns: str = "") -> Picture:
    """Draws up to six of a result's numeric curves and tables.

    Of a dictionary, the values that are arrays of one or two dimensions, under their names. Where
    it has "tokens", they stand at an axis of their number, and one number for each is a bar.
    Tables with numbers of two signs are white at 0.

    Args:
        rows: what the rows of tables are, such as "layer".
        columns: what columns are, and places on a curve; "token" where they are the tokens.

    Raises:
        ValueError: the result holds no curve and no table of numbers.
        ImportError: matplotlib is not installed.
    """
    panels = _panels(result)
    if not panels:
        raise ValueError("the result holds no curve and no table of numbers")
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator
    except ImportError:
        raise ImportError(
            "pictures are drawn with matplotlib: pip install 'cloche[plots]'"
        ) from None

    tokens = result.get("tokens") if isinstance(result, dict) else None
    names = [str(token) for token in tokens] if isinstance(tokens, (list, tuple)) else []
    figure = Figure(figsize=(6.4, 3.6 * len(panels)), layout="constrained")
    for number, (title, values) in enumerate(panels, 1):
        axes = figure.add_subplot(len(panels), 1, number)
        axes.set_title(title, parse_math=False)  # a name may hold a dollar sign
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        of_tokens = values.shape[-1] == len(names)
        if values.ndim == 2:
            _heat_map(figure, axes, values)
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))
            axes.set_ylabel(rows)
        elif of_tokens:
            colours = [_BELOW if value < 0 else _ABOVE for value in values]
            axes.bar(range(len(values)), values, color=colours)
            axes.axhline(0, color="black", linewidth=0.8)
        else:
            axes.plot(values, marker="o")
            axes.grid(alpha=0.3)
        axes.set_xlabel(columns or ("token" if of_tokens else ""))
        if of_tokens and 0 < len(names) <= _LABELS:
            texts = [repr(name)[1:-1] for name in names]
            axes.set_xticks(
                range(len(names)), texts, rotation=45, ha="right", rotation_mode="anchor",
                parse_math=False,
            )  # fmt: skip
    return Picture(figure, tuple(title for title, _ in panels))


def _heat_map(figure: Any, axes: Any, values: np.ndarray[Any, Any]) -> None:
    finite = values[np.isfinite(values)]
    signed = finite.size > 0 and finite.min() < 0
    bound = float(np.abs(finite).max()) if signed else None
    image = axes.imshow(
        values,
        aspect="auto",
        interpolation="nearest",
        cmap="RdBu_r" if signed else "viridis",
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
