"""The command line `cloche`: one subcommand per file."""

from cloche.cli._app import main

__all__ = ["main"]
