"""`--plot`: a result's curves and tables as a picture."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import typer

from cloche.client.picture import KINDS, plot


def check_plot(path: Path) -> None:
    """Raises BadParameter, before anything runs, where no picture could be written to `path`."""
    if path.suffix.lower() not in KINDS:
        raise typer.BadParameter(f"{path}: a picture's name ends with {', '.join(KINDS)}")
    if importlib.util.find_spec("matplotlib") is None:
        raise typer.BadParameter("--plot draws with matplotlib: pip install 'cloche[plots]'")


def save_plot(result: object, path: Path) -> int:
    """Draws to `path`, and counts what it drew. Raises BadParameter where it cannot."""
    try:
        picture = plot(result)
    except ValueError as error:
        raise typer.BadParameter(f"--plot: {error}") from None
    try:
        picture.save(path)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from None
    return len(picture.parts)
