"""One file (or notebook cell) as text and syntax tree, and where in it a definition stands."""

from __future__ import annotations
import __future__

import ast
import functools
import linecache
import operator
import os
import re
import sys
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloche.contract.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef

_FUTURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_CELL = re.compile(r"<ipython-input-(\d+)-")


@dataclass(frozen=True)
class Origin:
    """Where a line of assembled source was written: file, line from 1, columns cut from it."""

    file: str
    line: int
    shift: int = 0
    text: str = ""


@dataclass(frozen=True)
class ImportedName:
    """One name that an import statement binds: `from module import attribute as name`.

    `attribute` is empty for `import module`; `bound` is what `import a.b` itself binds: `a`.
    """

    module: str
    level: int
    attribute: str
    name: str
    plain: bool = False
    star: bool = False


class SourceFile:
    """The text of one file or cell, as Python's own tracebacks would show it."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.label = _label(name)
        self.lines = lines
        text = "".join(lines)
        # A notebook cell may hold `await` outside a function.
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.tree: ast.Module = compile(text, name, "exec", flags=flags, dont_inherit=True)
        self._compiled: dict[int, list[types.CodeType]] = {}
        self.has_future_annotations = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in self.tree.body
        )

    @classmethod
    def load(cls, name: str, module_globals: dict[str, object] | None = None) -> SourceFile | None:
        """The file that code objects call `name`; None where no source can be had."""
        linecache.checkcache(name)
        lines = linecache.getlines(name, module_globals)
        if not lines:
            return None
        key = (name, hash(tuple(lines)))
        if key not in _loaded:
            try:
                _loaded[key] = cls(name, lines)
            except (SyntaxError, ValueError):
                return None
        return _loaded[key]

    @classmethod
    def cells(cls) -> Iterator[SourceFile]:
        """Every interactive cell still known, newest first."""
        for name, entry in reversed(list(linecache.cache.items())):
            # Entries of real files carry a modification time; cells and doctests carry none.
            if len(entry) == 4 and entry[1] is None and not os.path.exists(name):
                file = cls.load(name)
                if file is not None:
                    yield file

    def where(self, node: ast.AST) -> str:
        """ "file.py:12", for messages."""
        return f"{self.label}:{getattr(node, 'lineno', 1)}"

    def function_of(self, code: types.CodeType) -> tuple[Function, ast.AST] | None:
        """The `def` that `code` was compiled from, and the node it stands in."""
        for parent in ast.walk(self.tree):
            for node in ast.iter_child_nodes(parent):
                if (
                    isinstance(node, Function)
                    and node.name == code.co_name
                    and first_line(node) == code.co_firstlineno
                ):
                    return node, parent
        return None

    def still_holds(self, code: types.CodeType) -> bool:
        """Whether the text still compiles to `code`: a file may change after its import."""
        futures = code.co_flags & _FUTURES
        if futures not in self._compiled:
            self._compiled[futures] = list(self._codes(futures))
        # pytest rewrites the assertions of test modules, which changes nothing else.
        return code in self._compiled[futures] or any(
            name.startswith(("@py_", "@pytest")) for part in _inside(code) for name in part.co_names
        )

    def _codes(self, futures: int) -> Iterator[types.CodeType]:
        # Interactive shells compile each statement alone, and the code is another then: only a
        # compiler that saw `import np` knows that np.zeros() is no method.
        alone = [ast.Module([statement], []) for statement in self.tree.body]
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | futures
        for part in (ast.Module(self.tree.body, self.tree.type_ignores), *alone):
            made: types.CodeType = compile(part, self.name, "exec", flags=flags, dont_inherit=True)
            yield from _inside(made)

    def lambdas_of(self, code: types.CodeType) -> list[tuple[ast.Lambda, ast.AST]]:
        """Lambdas that `code` may have been compiled from, each with the node it stands in."""
        count = code.co_argcount + code.co_kwonlyargcount
        names = code.co_varnames[:count]
        found = []
        for parent in ast.walk(self.tree):
            for node in ast.iter_child_nodes(parent):
                if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
                    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                    if tuple(argument.arg for argument in arguments) == names:
                        found.append((node, parent))
        return found if len(found) < 2 else _at_its_columns(found, code)

    def classes_of(self, qualname: str) -> list[ast.ClassDef]:
        """The `class` statements that give a class this qualified name, the last one first."""
        path = [part for part in qualname.split(".") if part != "<locals>"]
        found: list[ast.ClassDef] = []

        def search(node: ast.AST, depth: int) -> None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, Definition) and child.name == path[depth]:
                    if depth + 1 < len(path):
                        search(child, depth + 1)
                    elif isinstance(child, ast.ClassDef):
                        found.append(child)
                elif not isinstance(child, Definition):
                    search(child, depth)

        search(self.tree, 0)
        return found[::-1]

    def statements(self) -> Iterator[ast.stmt]:
        """Every statement that runs at module level, inside `if`, `try`, `with` and loops too."""
        pending: list[ast.AST] = list(reversed(self.tree.body))
        while pending:
            node = pending.pop()
            if isinstance(node, ast.stmt):
                yield node
            if not isinstance(node, Definition):
                inner = (ast.stmt, ast.ExceptHandler, ast.match_case)
                children = [c for c in ast.iter_child_nodes(node) if isinstance(c, inner)]
                pending.extend(reversed(children))

    def imports(self, name: str) -> list[ImportedName]:
        """Imports at module level that may have bound `name`, the last one first."""
        return list(imported_names(list(self.statements()), name))[::-1]

    def definition(self, name: str) -> Definition | None:
        """The last `def` or `class` at module level that binds `name`."""
        found = None
        for node in self.statements():
            if isinstance(node, Definition) and node.name == name:
                found = node
        return found

    def assignments(self, name: str) -> list[ast.Assign | ast.AnnAssign]:
        """Module-level statements of the form `name = ...`."""
        return [
            node
            for node in self.statements()
            if (
                isinstance(node, ast.Assign)
                and len(node.targets) == 1
                and isinstance(node.targets[0], ast.Name)
                and node.targets[0].id == name
            )
            or (
                isinstance(node, ast.AnnAssign)
                and node.value is not None
                and isinstance(node.target, ast.Name)
                and node.target.id == name
            )
        ]

    def binds(self, name: str) -> bool:
        """Whether a statement at module level assigns, defines or imports `name`."""
        imported = any(not item.star for item in self.imports(name))
        return bool(imported or self.assignments(name) or self.definition(name))

    def expression(self, node: ast.expr) -> tuple[list[str], list[Origin]]:
        """An expression's own lines as they stand, and where each was written."""
        last = node.end_lineno or node.lineno
        lines, origins = [], []
        for number in range(node.lineno, last + 1):
            raw = self.lines[number - 1].rstrip("\r\n")
            end = len(raw.encode()[: node.end_col_offset].decode()) if number == last else len(raw)
            shift = len(raw.encode()[: node.col_offset].decode()) if number == node.lineno else 0
            lines.append(raw[shift:end])
            origins.append(Origin(self.label, number, shift, raw))
        return lines, origins

    def snippet(self, node: ast.stmt) -> tuple[list[str], list[Origin]]:
        """The statement's lines, moved to the left edge, and where each was written."""
        first, last = first_line(node), node.end_lineno or node.lineno
        head = self.lines[node.lineno - 1]
        cut = len(head.encode()[: node.col_offset].decode())
        held = _inside_strings(node)
        lines, origins = [], []
        for number in range(first, last + 1):
            raw = self.lines[number - 1].rstrip("\r\n")
            shift = 0
            if number not in held:
                shift = min(cut, len(raw) - len(raw.lstrip()))
                # `x = 1; f = lambda: x`: what stands before the statement is not its own.
                if number == node.lineno:
                    shift = cut
            text = raw[shift:]
            if number == last and node.end_col_offset is not None:
                whole = raw.encode()[: node.end_col_offset].decode()
                text = whole[shift:]
            lines.append(text)
            origins.append(Origin(self.label, number, shift, raw))
        return lines, origins


def _at_its_columns(
    found: list[tuple[ast.Lambda, ast.AST]], code: types.CodeType
) -> list[tuple[ast.Lambda, ast.AST]]:
    """Those of the lambdas on a line inside which the code's instructions stand, the innermost."""
    places = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if line and end_line and column is not None and end_column is not None
        and (line, column) != (end_line, end_column)
    ]  # fmt: skip
    if not places:
        return found  # a Python told to keep no columns
    start, end = min(first for first, _ in places), max(last for _, last in places)

    def span(node: ast.expr) -> tuple[tuple[int, int], tuple[int, int]]:
        last = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return (node.lineno, node.col_offset), last

    around = [
        pair for pair in found if span(pair[0].body)[0] <= start and end <= span(pair[0].body)[1]
    ]
    latest = max((span(node)[0] for node, _ in around), default=None)
    return [pair for pair in around if span(pair[0])[0] == latest]


def imported_names(nodes: Sequence[ast.stmt], name: str | None = None) -> Iterator[ImportedName]:
    """What the import statements among `nodes` bind; with `name`, only what may bind it."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                if name in (None, bound):
                    yield ImportedName(alias.name, 0, "", bound, plain=alias.asname is None)
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            for alias in node.names:
                bound = alias.asname or alias.name
                if alias.name == "*":
                    yield ImportedName(
                        node.module or "", node.level, name or "", name or "", star=True
                    )
                elif name in (None, bound):
                    yield ImportedName(node.module or "", node.level, alias.name, bound)


def _inside(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and all those inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _inside(constant)


def first_line(node: ast.stmt) -> int:
    """Where the statement begins, its decorators included."""
    decorators = node.decorator_list if isinstance(node, Definition) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


_loaded: dict[tuple[str, int], SourceFile] = {}


def _inside_strings(node: ast.AST) -> set[int]:
    """Lines that begin inside a string: moving those would change its value."""
    held: set[int] = set()
    for child in ast.walk(node):
        is_text = isinstance(child, ast.JoinedStr) or (
            isinstance(child, ast.Constant) and isinstance(child.value, (str, bytes))
        )
        if is_text:
            start, end = child.lineno, child.end_lineno or child.lineno  # type: ignore[attr-defined]
            held.update(range(start + 1, end + 1))
    return held


def _label(name: str) -> str:
    """What a message calls the file: relative below the working directory, a cell by its number."""
    cell = _CELL.match(name)
    if cell:
        return f"In[{cell[1]}]"
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        try:
            kind, label = shell.compile.format_code_name(name)
        except (AttributeError, TypeError, ValueError):
            pass  # an older IPython, or no cell of its own
        else:
            if kind == "Cell":
                return str(label)
    if os.path.isabs(name):
        try:
            relative = os.path.relpath(name)
        except (OSError, ValueError):
            return name
        return name if relative.startswith("..") else relative
    return name


def unavailable(what: str, filename: str) -> SourceError:
    """The error for code whose text nobody kept."""
    return SourceError(
        f"the source of {what} is not available (it was compiled from {filename!r}); define it "
        "in a file or a notebook cell, or send the source itself as a str"
    )
