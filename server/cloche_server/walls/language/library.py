"""The modules of one call. What is written in the language of techniques is run when imported.

A source of `written/` looks like a module. It is compiled as a technique is, once, as one function
whose arguments are what it takes from outside: the builtins that it names, which a technique may
bind otherwise at its own top level, and what it imports from `tools`; see tools.py.
"""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .compiler import compile_technique
from .facades import Facade
from .rewriting.sealing import SealedCode

_FOLDER: Final = Path(__file__).parent / "written"
_PROVIDE: Final = "provide"
_TOOLS: Final = "tools"
#: Means the class it stands in: no argument can take its place.
_OF_THE_COMPILER: Final = frozenset({"super"})


@dataclass(frozen=True)
class Source:
    sealed: SealedCode
    parameters: tuple[str, ...]


@functools.cache
def source_of(name: str, exports: tuple[str, ...]) -> Source:
    """A file of `written/`, compiled. Raises PolicyViolation, as for any technique."""
    path = _FOLDER / f"{name}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = [
        each for each in tree.body if isinstance(each, ast.ImportFrom) and each.module == _TOOLS
    ]
    body = [each for each in tree.body if each not in taken]
    bound = {
        each.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    named = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
    free = {each for each in named - bound - _OF_THE_COMPILER if hasattr(builtins, each)}
    defined = {each.name for each in body if isinstance(each, (ast.FunctionDef, ast.ClassDef))}
    parameters = sorted((free - defined) | {alias.name for each in taken for alias in each.names})
    answer = ast.Dict([ast.Constant(each) for each in exports], [_load(each) for each in exports])
    outer = ast.parse(f"def {_PROVIDE}({', '.join(parameters)}): pass")
    outer.body[0].body = [*body, ast.Return(answer)]  # type: ignore[attr-defined]
    text = ast.unparse(ast.fix_missing_locations(outer))
    code = compile_technique(text, f"<{name}>").code
    (sealed,) = (each for each in code.co_consts if type(each) is SealedCode)
    return Source(sealed, tuple(parameters))


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


class Library(Mapping[str, Facade]):
    """Modules' stand-ins by name. Reading one runs what is written of its package, once."""

    def __init__(
        self,
        facades: dict[str, Facade],
        written: Mapping[tuple[str, str], str],
        run: Callable[[Source], dict[str, Any]],
    ) -> None:
        self._facades = facades
        self._run = run
        self._waiting = _by_package(written)

    def __getitem__(self, name: str) -> Facade:
        for file, members in self._waiting.pop(name.partition(".")[0], {}).items():
            made = self._run(source_of(file, _names(members)))
            for module, member in members:
                self._facades[module].members[member] = made[member]
        return self._facades[name]

    def __contains__(self, name: object) -> bool:
        return name in self._facades

    def __iter__(self) -> Iterator[str]:
        return iter(self._facades)

    def __len__(self) -> int:
        return len(self._facades)


def compile_all(written: Mapping[tuple[str, str], str]) -> None:
    """Compiles every source, so that no call has to."""
    for files in _by_package(written).values():
        for file, members in files.items():
            source_of(file, _names(members))


def _by_package(
    written: Mapping[tuple[str, str], str],
) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """Package -> file -> the (module, name)s that the file defines."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for (module, name), file in written.items():
        files = found.setdefault(module.partition(".")[0], {})
        files.setdefault(file, []).append((module, name))
    return found


def _names(members: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({name for _, name in members}))
