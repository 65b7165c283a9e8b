"""Which outside names a definition uses, and when: to be defined, or only once it is called."""

from __future__ import annotations

import ast
import symtable
from dataclasses import dataclass, field

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
    _collect(symtable.symtable(ast.unparse(bare), "<snippet>", "exec"), names, at_once=True)
    names.later -= names.now
    return names


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
        elif symbol.is_global():
            if symbol.is_assigned() or symbol.is_imported():
                names.written.add(name)
            (names.now if at_once else names.later).add(name)
    for child in table.get_children():
        runs = str(child.get_type()) != "function" or child.get_name() in _RUN_AT_ONCE
        _collect(child, names, at_once=at_once and runs)


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
