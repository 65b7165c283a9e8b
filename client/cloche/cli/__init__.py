"""The command line `cloche`: one verb per file."""

from cloche.cli._app import main

__all__ = ["main"]
