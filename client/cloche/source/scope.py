"""Find the outside names a definition uses: to be defined, or only once it is called."""

from __future__ import annotations

import ast
import symtable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUN_AT_ONCE = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass
class Names:
    """Names that a snippet takes from outside itself."""

    # Needed when the statement runs: decorators, defaults, bases, class bodies.
    now: set[str] = field(default_factory=set)
    # Needed when what it defines is called.
    later: set[str] = field(default_factory=set)
    # Written through `global`, so that they need not exist before.
    written: set[str] = field(default_factory=set)
    # Read by signature annotations, which nothing needs once they stay text.
    annotations: set[str] = field(default_factory=set)


def names_used(text: str) -> Names:
    """Reads one module-level statement. Python's own symbol tables decide what is local."""
    tree = ast.parse(text)
    stripper = _Annotations()
    bare = ast.fix_missing_locations(stripper.visit(tree))
    names = Names(annotations=stripper.names)
    _read_before_bound(bare, names, at_once=True)
    _collect(symtable.symtable(ast.unparse(bare), "<snippet>", "exec"), names, at_once=True)
    names.later -= names.now
    return names


def attributes_of(text: str, name: str) -> set[str] | None:
    """What the snippet reads of `name` by attribute; None where it uses it otherwise too."""
    tree = ast.parse(text)
    read: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            read[id(node.value)] = node.attr
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            if id(node) not in read:
                return None
            found.add(read[id(node)])
    return found


def attribute_chains(text: str, root: str) -> set[str]:
    """Every dotted path in the snippet that starts at `root`, such as "torch.nn.functional"."""
    chains = set()
    for node in ast.walk(ast.parse(text)):
        parts: list[str] = []
        inner: ast.expr | None = node if isinstance(node, ast.Attribute) else None
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if parts and isinstance(inner, ast.Name) and inner.id == root:
            chains.add(".".join([root, *reversed(parts)]))
    return chains


def _collect(table: symtable.SymbolTable, names: Names, *, at_once: bool) -> None:
    kind = str(table.get_type())
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if kind == "module":
            if symbol.is_referenced() and not symbol.is_assigned():
                names.now.add(name)
        elif symbol.is_declared_global() or (symbol.is_global() and not symbol.is_local()):
            # symtable takes a function that is called `top` for a module.
            if symbol.is_assigned() or symbol.is_imported():
                names.written.add(name)
            (names.now if at_once else names.later).add(name)
    for child in table.get_children():
        runs = str(child.get_type()) != "function" or child.get_name() in _RUN_AT_ONCE
        _collect(child, names, at_once=at_once and runs)


def _read_before_bound(node: ast.AST, names: Names, *, at_once: bool) -> None:
    """`class A: size = size` reads the module's; symtable knows it as the class's own alone."""
    for child in ast.iter_child_nodes(node):
        inner = at_once and not isinstance(
            child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        )
        if isinstance(child, ast.ClassDef):
            bound: set[str] = set()
            read: set[str] = set()
            for statement in child.body:
                read |= {n.id for n in _at_this_level(statement) if _loads(n)} - bound
                bound |= {n.id for n in _at_this_level(statement) if not _loads(n)}
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    bound.add(statement.name)
            (names.now if at_once else names.later).update(read & bound)
        _read_before_bound(child, names, at_once=inner)


def _at_this_level(node: ast.AST) -> Iterator[ast.Name]:
    """Names outside functions and classes within."""
    if isinstance(node, ast.Name):
        yield node
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    body = node.body if isinstance(node, scopes) else []
    for child in ast.iter_child_nodes(node):
        if child is not body and not (isinstance(body, list) and child in body):
            yield from _at_this_level(child)


def _loads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


class _Annotations(ast.NodeTransformer):
    """Takes annotations out of signatures and function bodies; a class's fields keep theirs."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._in_function = False

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
        for argument in every:
            self._note(argument.annotation)
            argument.annotation = None
        self._note(node.returns)
        node.returns = None
        before, self._in_function = self._in_function, True
        self.generic_visit(node)
        self._in_function = before
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        before, self._in_function = self._in_function, False
        self.generic_visit(node)
        self._in_function = before
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if self._in_function:
            # A bare `x: int` still makes x local: the statement stays, its annotation goes.
            node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node

    def _note(self, annotation: ast.expr | None) -> None:
        if annotation is not None:
            self.names |= {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
