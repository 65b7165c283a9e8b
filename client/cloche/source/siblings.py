"""A technique's file and the helper files beside it, as one source that stands alone.

`from _structure import blocks` in `techniques/logit_lens.py`, also as `from ._structure import` or
`from techniques._structure import`, means the file `techniques/_structure.py`. It is read, not run:
its lines take the place of the import. Only files whose names begin with an underscore are helpers.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cloche.contract.errors import SourceError
from cloche.source.files import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Line = tuple[str, Origin | None]


@dataclass(frozen=True)
class Bundle:
    """The whole source and where each of its lines was written: empty where all is one file."""

    source: str
    origins: tuple[Origin | None, ...]


def bundle(path: Path, source: str, read: Callable[[Path], str]) -> Bundle:
    """Returns the source of the file at `path` with the helpers that it imports.

    Source that is not Python stays as it is: the server says what is wrong with it, and where.

    Args:
        read: gives a file's text, or raises SourceError.

    Raises:
        SourceError: a helper is missing, is not Python, or is imported in a way that cannot travel;
            two files give one name different meanings.
    """
    tree = _parsed(source)
    if tree is None or not any(_helper(node, path) for node in tree.body):
        return Bundle(source, ())
    bundler = _Bundler(read)
    lines = list(bundler.lines(path, source, tree, (path,)))
    if bundler.future:
        # It must come first, and counts for all.
        lines.insert(0, ("from __future__ import annotations", None))
    return Bundle("\n".join(text for text, _ in lines) + "\n", tuple(origin for _, origin in lines))


class _Bundler:
    def __init__(self, read: Callable[[Path], str]) -> None:
        self._read = read
        # What the top level binds so far but by imports, and the file that does.
        self._names: dict[str, Path] = {}
        self.future = False

    def lines(
        self, path: Path, source: str, tree: ast.Module, within: tuple[Path, ...]
    ) -> Iterator[_Line]:
        """The file's lines, each helper's in place of its first import.

        Args:
            within: the files that import each other on the way here.
        """
        for node in tree.body:
            for name in _bound(node):
                self._take(name, path, node.lineno)
        written = source.splitlines()
        done = 0
        for node in tree.body:
            helper = _helper(node, path)
            future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if helper is None and not future:
                continue
            if _shares_its_lines(node, tree):
                raise SourceError(f"{path}:{node.lineno}: give this import a line of its own")
            yield from _own(path, written, done, node.lineno - 1)
            done = node.end_lineno or node.lineno
            self.future |= future
            if helper is not None and isinstance(node, ast.ImportFrom):
                yield from self._imported(node, path, helper, within)
        yield from _own(path, written, done, len(written))

    def _imported(
        self, node: ast.ImportFrom, path: Path, helper: Path, within: tuple[Path, ...]
    ) -> Iterator[_Line]:
        where = f"{path}:{node.lineno}"
        if helper in within:
            raise SourceError(f"{where}: {helper.name} is imported while it is being read itself")
        if helper not in self._names.values():
            source = self._read(helper)
            tree = _parsed(source)
            if tree is None:
                raise SourceError(f"{where}: {helper} is not Python; `cloche check` says where")
            yield from self.lines(helper, source, tree, (*within, helper))
        for alias in node.names:
            if alias.name == "*":
                raise SourceError(f"{where}: name what you import from {helper.name}, instead of *")
            if self._names.get(alias.name) != helper:
                raise SourceError(f"{where}: {helper.name} defines no {alias.name!r}")
            if alias.asname and alias.asname != alias.name:
                self._take(alias.asname, path, node.lineno)
                yield f"{alias.asname} = {alias.name}", Origin(str(path), node.lineno)

    def _take(self, name: str, path: Path, line: int) -> None:
        holder = self._names.setdefault(name, path)
        if holder != path:
            raise SourceError(
                f"{path}:{line}: {name!r} is defined in {holder.name} too, and both files travel "
                "as one source; rename one"
            )


def _own(path: Path, written: list[str], start: int, end: int) -> Iterator[_Line]:
    for number in range(start, end):
        text = written[number]
        yield text, Origin(str(path), number + 1, text=text)


def _helper(node: ast.stmt, path: Path) -> Path | None:
    """The file beside `path` that a statement imports from, if it is one."""
    if not isinstance(node, ast.ImportFrom) or not node.module or node.level > 1:
        return None
    name = node.module
    if node.level == 0:
        name = name.removeprefix(f"{path.absolute().parent.name}.")
    if not name.startswith("_") or name.startswith("__") or "." in name:
        return None
    return path.with_name(f"{name}.py")


def _bound(node: ast.stmt) -> list[str]:
    """What a statement binds; imports mean the same in every file, and may come twice."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return []
    return [
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]


def _shares_its_lines(node: ast.stmt, tree: ast.Module) -> bool:
    last = node.end_lineno or node.lineno
    return any(
        other is not node and other.lineno <= last and (other.end_lineno or 0) >= node.lineno
        for other in tree.body
    )


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
