"""Runs captured source the way a server does: alone, in a namespace of its own."""

from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloche import wire
from cloche.source import Captured, capture

if TYPE_CHECKING:
    from types import ModuleType


def run_captured(function: Any, *args: Any, **kwargs: Any) -> Any:
    """The result of the assembled source, in a fresh namespace."""
    captured = capture(function)
    namespace: dict[str, Any] = {}
    exec(compile(captured.source, "<technique>", "exec"), namespace)
    bound = [wire.decode(wire.encode(dict(captured.bound)))] if captured.bound else []
    return namespace[captured.entry_point](None, None, *bound, *args, **kwargs)


def source_of(function: Any) -> str:
    captured: Captured = capture(function)
    return captured.source


class Project:
    """Writes modules into a directory and imports them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.names: list[str] = []

    def module(self, name: str, text: str) -> ModuleType:
        path = self.directory.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        importlib.invalidate_caches()
        self.names.append(name)
        return importlib.import_module(name)

    def write(self, name: str, text: str) -> None:
        path = self.directory.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        importlib.invalidate_caches()

    def forget(self) -> None:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and Path(file).is_relative_to(self.directory):
                del sys.modules[name]
