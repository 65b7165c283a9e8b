"""Takes a test module of CPython apart: each test method with what it needs, and nothing else.

A module that imports `sys` is refused whole; most of its tests need no `sys`. So each program holds
one test, the helpers and classes that it names, and what these name in turn.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import doctest
import importlib
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cloche_server.walls.language.tables.rows import words

#: What the stand-in has under the module's own name.
STAND_INS: Final = frozenset(
    words("unittest sys types gc warnings inspect support import_helper warnings_helper")
)
#: Names that their module has and no technique may import; they are easily made.
_MADE: Final = {("typing", name): f"typing.TypeVar({name!r})" for name in ("T", "KT", "VT")}
#: Modules of CPython's own test package whose classes others derive from.
_SHARED: Final = frozenset({"seq_tests", "list_tests", "mapping_tests", "string_tests"})
_ALWAYS: Final = frozenset({"setUp", "tearDown", "setUpClass", "tearDownClass", "__init__"})


@dataclass(frozen=True)
class Unit:
    """One program. `run` is what it does once its definitions stand."""

    name: str
    definitions: str
    run: str


@dataclass(frozen=True)
class Session:
    """The examples of one docstring, one after another, in one namespace."""

    name: str
    examples: tuple[str, ...]


def units_of(source: str, name: str, shared: dict[str, str]) -> Iterator[Unit]:
    """Every test method of every test class.

    Args:
        shared: sources of modules that test classes derive from, by name.
    """
    module = _Module(source, shared)
    for cls in module.test_classes():
        for method in sorted(module.tests_of(cls)):
            body = module.program(cls, method)
            text = ast.unparse(ast.Module(body, []))
            yield Unit(f"{name}.{cls}.{method}", text, f"run_case({cls}, {method!r})")


def sessions_of(source: str, name: str) -> Iterator[Session]:
    """Every text in the module that holds examples."""
    parser = doctest.DocTestParser()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Constant) and type(node.value) is str):
            continue
        if ">>> " not in node.value:
            continue
        try:
            examples = parser.get_examples(node.value)
        except ValueError:
            continue
        if examples:
            yield Session(f"{name}:{node.lineno}", tuple(each.source for each in examples))


def texts_of(source: str) -> Iterator[str]:
    """Every text constant: many are programs that CPython has to accept or to refuse."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and type(node.value) is str and node.value.strip():
            yield node.value
            if ">>> " in node.value:
                with contextlib.suppress(ValueError):
                    examples = doctest.DocTestParser().get_examples(node.value)
                    yield from (each.source for each in examples)


class _Module:
    def __init__(self, source: str, shared: dict[str, str]) -> None:
        self._statements: list[ast.stmt] = []
        for used in _shared_modules(source, shared):
            # `seq_tests.CommonTest` becomes a class of the program under a name of its own.
            self._statements += _renamed(ast.parse(shared[used]).body, used)
        tree = _Flat(set(shared)).visit(ast.parse(source))
        self._statements += tree.body
        self._statements = [each for part in self._statements for each in _split(part)]
        self._binders: dict[str, list[int]] = {}
        for index, statement in enumerate(self._statements):
            for bound in _bound(statement):
                self._binders.setdefault(bound, []).append(index)
        self._classes = {
            each.name: each for each in self._statements if isinstance(each, ast.ClassDef)
        }

    def test_classes(self) -> list[str]:
        return [
            name
            for name, node in self._classes.items()
            # A shared class is tested in what derives from it.
            if self._is_case(node) and not name.startswith(tuple(_SHARED))
        ]

    def _is_case(self, node: ast.ClassDef, depth: int = 0) -> bool:
        if depth > 8:
            return False
        for base in node.bases:
            text = ast.unparse(base)
            if text.endswith("TestCase"):
                return True
            if text in self._classes and self._is_case(self._classes[text], depth + 1):
                return True
        return False

    def _lineage(self, name: str, depth: int = 0) -> Iterator[ast.ClassDef]:
        node = self._classes.get(name)
        if node is None or depth > 8:
            return
        yield node
        for base in node.bases:
            yield from self._lineage(ast.unparse(base), depth + 1)

    def tests_of(self, name: str) -> set[str]:
        found = set()
        for node in self._lineage(name):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test"):
                    found.add(each.name)
        return found

    def program(self, name: str, method: str) -> list[ast.stmt]:
        """The statements that one test needs, in their order."""
        wanted_names = {name}
        methods = {method, *_ALWAYS}
        lineage = {each.name for each in self._lineage(name)}
        kept: dict[int, ast.stmt] = {
            index: each
            for index, each in enumerate(self._statements)
            if isinstance(each, ast.ImportFrom) and each.module == "__future__"
        }
        while True:
            before = (len(kept), len(methods), len(wanted_names))
            for bound in list(wanted_names):
                for index in self._binders.get(bound, ()):
                    statement = self._statements[index]
                    if isinstance(statement, ast.ClassDef) and statement.name in lineage:
                        statement = _reduced(statement, methods)
                        methods |= _attributes(statement)
                    kept[index] = statement
                    wanted_names |= _named(statement)
            if before == (len(kept), len(methods), len(wanted_names)):
                break
        return [kept[index] for index in sorted(kept)]


def _shared_modules(source: str, shared: dict[str, str]) -> list[str]:
    """Names of the shared modules that a source uses, those that they use themselves first."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "test":
            for alias in node.names:
                if alias.name in shared and alias.name not in found:
                    deeper = _shared_modules(shared[alias.name], shared)
                    found += [each for each in (*deeper, alias.name) if each not in found]
    return found


def _renamed(body: list[ast.stmt], prefix: str) -> list[ast.stmt]:
    names = {each.name for each in body if isinstance(each, (ast.ClassDef, ast.FunctionDef))}
    tree = _Flat(_SHARED).visit(ast.Module(body, []))

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            if node.id in names:
                node.id = f"{prefix}_{node.id}"
            return node

        def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
            if node in tree.body:
                node.name = f"{prefix}_{node.name}"
            self.generic_visit(node)
            return node

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            if node in tree.body:
                node.name = f"{prefix}_{node.name}"
            self.generic_visit(node)
            return node

    renamed: list[ast.stmt] = Rename().visit(tree).body
    return renamed


class _Flat(ast.NodeTransformer):
    """Writes what imports bind as the stand-in has it, and names of shared modules as one name."""

    def __init__(self, shared: Iterable[str]) -> None:
        self._shared = frozenset(shared)

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        node.names = [
            each
            for each in node.names
            if not (each.name in STAND_INS and (each.asname in (None, each.name)))
            and each.name not in ("unittest.mock", "test.support")
        ]
        return node if node.names else None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt] | None:
        module = node.module or ""
        if module == "test":
            return None
        if module == "test.support" or module in STAND_INS:
            found: list[ast.stmt] = []
            for each in node.names:
                name = each.asname or each.name
                if each.name in STAND_INS:
                    continue
                root = "support" if module == "test.support" else module
                place = ast.Attribute(ast.Name(root, ast.Load()), each.name, ast.Load())
                target = ast.Name(name, ast.Store())
                found.append(ast.fix_missing_locations(ast.Assign([target], place)))
            return found
        if module.startswith("test.support."):
            holder = module.rpartition(".")[2]
            return [
                ast.fix_missing_locations(
                    ast.Assign(
                        [ast.Name(each.asname or each.name, ast.Store())],
                        ast.Attribute(ast.Name(holder, ast.Load()), each.name, ast.Load()),
                    )
                )
                for each in node.names
            ]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name):
            if node.value.id in self._shared:
                return ast.copy_location(ast.Name(f"{node.value.id}_{node.attr}", node.ctx), node)
            if node.value.id == "test" and node.attr == "support":
                return ast.copy_location(ast.Name("support", node.ctx), node)
        return node


def _split(statement: ast.stmt) -> list[ast.stmt]:
    """One import for each name, so that one that is refused takes no other with it."""
    if isinstance(statement, ast.Import):
        return [ast.copy_location(ast.Import([each]), statement) for each in statement.names]
    if not isinstance(statement, ast.ImportFrom) or statement.module == "__future__":
        return [statement]
    found: list[ast.stmt] = []
    for each in statement.names:
        made = _MADE.get((statement.module or "", each.name))
        if made is not None:
            found += ast.parse(f"{each.asname or each.name} = {made}").body
            continue
        names = [each]
        if each.name == "*":
            module = importlib.import_module(statement.module or "")
            public = getattr(module, "__all__", [n for n in dir(module) if n[0] != "_"])
            names = [ast.alias(name) for name in public]
        found += [ast.ImportFrom(statement.module, [name], statement.level) for name in names]
    return [ast.fix_missing_locations(each) for each in found]


def _reduced(node: ast.ClassDef, methods: set[str]) -> ast.ClassDef:
    reduced = copy.copy(node)
    reduced.body = [
        each
        for each in node.body
        if not isinstance(each, ast.FunctionDef)
        or each.name in methods
        or each.name.startswith("__")
    ] or [ast.Pass()]
    return reduced


def _attributes(node: ast.AST) -> set[str]:
    return {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)} | {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name)
    }


def _named(node: ast.stmt) -> set[str]:
    """The names of the module that a statement uses, in functions and classes within it too."""
    found: set[str] = set()
    todo = [symtable.symtable(ast.unparse(node), "test", "exec")]
    while todo:
        table = todo.pop()
        top = table.get_type() == "module"
        found.update(each.get_name() for each in table.get_symbols() if each.is_global() or top)
        todo += table.get_children()
    return found - STAND_INS


def _bound(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.Import() | ast.ImportFrom():
            return {each.asname or each.name.partition(".")[0] for each in statement.names}
        case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
            found = set()
            for each in ast.iter_child_nodes(statement):
                for part in ast.walk(each):
                    if isinstance(part, ast.stmt):
                        found |= _bound(part) if not isinstance(part, type(statement)) else set()
            return found
    return {
        each.id
        for each in ast.walk(statement)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    } | _changed(statement)


def _changed(statement: ast.stmt) -> set[str]:
    """Names whose attributes or items a statement sets, or whose method it calls."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return {name}
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name))]):
            return {name}
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            return {name}
    return set()
