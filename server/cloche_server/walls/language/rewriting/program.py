"""Functions that only the file run as a program reaches: a technique is left without them.

    def main(): ...                     reads files, asks for arguments
    if __name__ == "__main__": main()

They go with the main block. What nothing at all calls and cannot be the technique stays; it is
idle, so an import that only such functions read costs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from cloche.contract.entry import positional, takes_the_model

from .nodes import runs_file

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def leave_out_program(tree: ast.Module) -> None:
    """Takes the functions that only the main block reaches out of the top level."""
    functions = _functions(tree)
    blocks = [each for each in tree.body if isinstance(each, ast.If) and runs_file(each.test)]
    program = _reached(_names(each.body for each in blocks), functions)
    started = [each for name, each in functions.items() if name not in program]
    started += [each for each in functions.values() if _may_be_technique(each, functions)]
    outside = [each for each in tree.body if each not in blocks and each not in functions.values()]
    live = _reached(_names([*outside, *started, *(each.orelse for each in blocks)]), functions)
    out = {each.name for each in started} | live
    gone = [each for name, each in functions.items() if name in program and name not in out]
    tree.body = [each for each in tree.body if each not in gone]


def idle_functions(tree: ast.Module) -> frozenset[str]:
    """Top-level functions that nothing calls and that are not the technique: there is another."""
    functions = _functions(tree)
    techniques = [each for each in functions.values() if takes_the_model(each)]
    if not techniques:
        return frozenset()
    outside = [each for each in tree.body if each not in functions.values()]
    live = _reached(_names([*outside, *techniques]), functions)
    live |= {each.name for each in techniques}
    return frozenset(functions) - live


def _functions(tree: ast.Module) -> dict[str, _Function]:
    """Those that are defined once and as they stand: a decorator may hand them to others."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = [each for each in tree.body if isinstance(each, kinds)]
    names = [each.name for each in found]
    return {
        each.name: each for each in found if not each.decorator_list and names.count(each.name) == 1
    }


def _may_be_technique(function: _Function, functions: dict[str, _Function]) -> bool:
    if any(takes_the_model(each) for each in functions.values()):
        return takes_the_model(function)
    return bool(function.args.vararg) or len(positional(function)) >= 2


def _reached(names: set[str], functions: dict[str, _Function]) -> set[str]:
    """The functions among the names, and those that they name in turn."""
    found: set[str] = set()
    waiting = names & functions.keys()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (_names([functions[name]]) & functions.keys()) - found
    return found


def _names(nodes: Iterable[ast.AST | list[ast.stmt]]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        for each in node if isinstance(node, list) else [node]:
            found.update(n.id for n in ast.walk(each) if isinstance(n, ast.Name))
    return found
