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


class _Members(dict[str, Any]):
    """A module's members. A file that defines some of them is run when the first is read."""

    def __init__(self, known: dict[str, Any], written: dict[str, str], load: _Load) -> None:
        super().__init__({**known, **dict.fromkeys(written)})
        self._waiting = dict(written)
        self._load = load

    def __getitem__(self, name: str) -> Any:
        file = self._waiting.get(name)
        if file is not None:
            self[name] = self._load(file)[name]
            del self._waiting[name]
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            return self[name]
        return default


_Load = Callable[[str], dict[str, Any]]


class Library(Mapping[str, Facade]):
    """Modules' stand-ins by name. What is written of one is run when it is read, once."""

    def __init__(
        self,
        facades: dict[str, Facade],
        written: Mapping[tuple[str, str], str],
        run: Callable[[Source], dict[str, Any]],
    ) -> None:
        self._facades = facades
        self._run = run
        self._exports = _exports(written)
        self._made: dict[str, dict[str, Any]] = {}
        of_module: dict[str, dict[str, str]] = {}
        for (module, name), file in written.items():
            of_module.setdefault(module, {})[name] = file
        for module, files in of_module.items():
            facade = facades[module]
            facade.members = _Members(facade.members, files, self._load)

    def _load(self, file: str) -> dict[str, Any]:
        if file not in self._made:
            self._made[file] = self._run(source_of(file, self._exports[file]))
        return self._made[file]

    def __getitem__(self, name: str) -> Facade:
        return self._facades[name]

    def __contains__(self, name: object) -> bool:
        return name in self._facades

    def __iter__(self) -> Iterator[str]:
        return iter(self._facades)

    def __len__(self) -> int:
        return len(self._facades)


def compile_all(written: Mapping[tuple[str, str], str]) -> None:
    """Compiles every source, so that no call has to."""
    for file, names in _exports(written).items():
        source_of(file, names)


def _exports(written: Mapping[tuple[str, str], str]) -> dict[str, tuple[str, ...]]:
    """File -> the names that it defines."""
    found: dict[str, set[str]] = {}
    for (_, name), file in written.items():
        found.setdefault(file, set()).add(name)
    return {file: tuple(sorted(names)) for file, names in found.items()}
