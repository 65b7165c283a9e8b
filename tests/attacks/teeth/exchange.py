"""Exchanging pieces of the wall's code in a running process, in every function that was made of it.

A function keeps its identity and gets other code: whoever imported it, wrapped it or closed over it
runs the new code. Only for a fork that is thrown away.
"""

from __future__ import annotations

import ast
import gc
import importlib
import sys
import types
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.attacks.teeth.sites import Site, source_tree

_Place = tuple[str, str, int]


@dataclass(frozen=True)
class LiveFunctions:
    """The functions that exist, by where their code stands."""

    by_place: Mapping[_Place, tuple[types.FunctionType, ...]]

    @classmethod
    def collect(cls, files: Iterable[str]) -> LiveFunctions:
        gc.unfreeze()  # what is frozen is not listed
        wanted = set(files)
        found: dict[_Place, list[types.FunctionType]] = defaultdict(list)
        for each in gc.get_objects():
            if type(each) is types.FunctionType and each.__code__.co_filename in wanted:
                found[_place(each.__code__)].append(each)
        return cls({place: tuple(functions) for place, functions in found.items()})


def _place(code: types.CodeType) -> _Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def exchange(changes: Iterable[tuple[Site, str]], live: LiveFunctions) -> None:
    """Puts new code in the place of each site."""
    by_module: dict[str, list[tuple[Site, str]]] = defaultdict(list)
    for site, instead in changes:
        by_module[site.module].append((site, instead))
    for name, sites in by_module.items():
        module = importlib.import_module(name)
        filename = str(module.__file__)
        swap = _Swap({_position(site.node): instead for site, instead in sites})
        tree = ast.fix_missing_locations(swap.visit(source_tree(module)))
        if swap.left:
            raise LookupError(f"{name}: not found again: {swap.left}")
        changed = False
        for code in _codes(compile(tree, filename, "exec", dont_inherit=True)):
            for function in live.by_place.get(_place(code), ()):
                if function.__code__ != code:
                    function.__code__ = code
                    changed = True
        if not changed:
            raise LookupError(f"{name}: no function runs the code that was exchanged")


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for each in code.co_consts:
        if type(each) is types.CodeType:
            yield from _codes(each)


def _position(node: ast.AST) -> tuple[type, int, int, int, int]:
    return (
        type(node),
        node.lineno,
        node.col_offset,
        node.end_lineno or 0,
        node.end_col_offset or 0,
    )


class _Swap(ast.NodeTransformer):
    """The old code stays, unreached: a closure must keep the variables that it closes over."""

    def __init__(self, instead: dict[tuple[type, int, int, int, int], str]) -> None:
        self.left = dict(instead)

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:
        new = self.left.pop(_position(node), None) if hasattr(node, "lineno") else None
        node = self.generic_visit(node)
        if new is None:
            return node
        if isinstance(node, ast.stmt):
            never = ast.If(test=ast.Constant(0), body=[node], orelse=[])
            added = ast.parse(new).body
            _at(node, [never, *added])
            return [never, *added]
        choice = ast.IfExp(ast.Constant(1), ast.parse(new, mode="eval").body, node)
        _at(node, [choice.body, choice])
        return choice


def _at(place: ast.AST, nodes: Iterable[ast.AST]) -> None:
    for node in nodes:
        for each in ast.walk(node):
            if not hasattr(each, "lineno") and "lineno" in each._attributes:
                ast.copy_location(each, place)
            elif each is node or "lineno" not in each._attributes:
                continue
        ast.copy_location(node, place)


def rebind(old: object, new: object) -> None:
    """Puts `new` wherever a module of the wall names `old`."""
    for name, module in list(sys.modules.items()):
        if name.startswith("cloche_server.walls.language"):
            for key, value in list(vars(module).items()):
                if value is old:
                    setattr(module, key, new)
