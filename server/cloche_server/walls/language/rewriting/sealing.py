"""Guards as constants of the code that asks them, so that nobody can put another in their place.

Rewritten code calls its guards by names that no source can spell (` read`). A name is looked up
among globals and builtins, and whoever got hold of one of those dicts would decide what it means.
So before the code is compiled each such name becomes a marked text constant, and before it runs
each of those becomes the guard itself. `class` finds what makes classes among the builtins,
whatever the source says: there the instruction is replaced.

    ` read`(x, "n")    ->  <the guard>(x, "n")
    ` of math.pi`      ->  <a holder>[0]
    class A: ...       ->  LOAD_BUILD_CLASS becomes LOAD_CONST <the guard>

Values that operators of the source meet stand in holders: the compiler computes with constants,
but finds no item in a set.
"""

from __future__ import annotations

import ast
import dis
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

from .nodes import load

#: The name that stands for what makes classes.
BUILD_CLASS: Final = " build_class"
#: The only name that is looked up: what the first line of all hands the sealed code to.
ENTER: Final = " enter"
_LOAD_BUILD_CLASS: Final = dis.opmap["LOAD_BUILD_CLASS"]
_LOAD_CONST: Final = dis.opmap["LOAD_CONST"]
#: Kinds of names whose value is the first item of a holder.
HELD_KINDS: Final = (" of ", " known ")
_BLOCKS: Final = (ast.ExceptHandler, ast.match_case)
_SCOPES: Final = (ast.Module, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class SealedCode:
    """Compiled code whose guards are still marked texts."""

    code: CodeType
    #: Drawn anew for each source, so that no text in it can pass for a guard's.
    mark: str

    def bind(self, guard: Callable[[str], Any]) -> CodeType:
        """The code with each guard in its place. `guard` answers for a name."""
        return _bind(self.code, self.mark, guard)


def compile_sealed(tree: ast.Module, filename: str) -> CodeType:
    """Code that hands itself, sealed, to ` enter`, which binds it to its guards and runs it.

    Raises:
        ValueError: a constant of the source passes for a guard.
    """
    mark = secrets.token_hex(16)
    ast.fix_missing_locations(_Sealing(mark).visit(tree))
    sealed = SealedCode(compile(tree, filename, "exec", dont_inherit=True), mark)
    call = ast.Expr(ast.Call(load(ENTER), [ast.Constant(mark)], []))
    first = ast.fix_missing_locations(ast.Module([call], []))
    # Under another name than the technique's: no frame of its traceback.
    code = compile(first, "<sealed>", "exec", dont_inherit=True)
    return code.replace(
        co_consts=tuple([sealed if each == mark else each for each in code.co_consts])
    )


class _Sealing(ast.NodeTransformer):
    """Names that are loaded and never stored anywhere, and that no source can spell, are guards."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._variables: set[str] = set()

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self._variables = {
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        }
        return self._scope(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._scope(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._scope(node)

    def _scope(self, node: ast.Module | ast.FunctionDef | ast.ClassDef) -> ast.AST:
        if _makes_class(node):
            # Among the first constants: the instruction that loads it has one byte for its number.
            documented = ast.get_docstring(node, clean=False) is not None
            guard = self._constant(BUILD_CLASS)
            look = ast.If(ast.Compare(guard, [ast.Is()], [ast.Constant(None)]), [ast.Pass()], [])
            node.body.insert(1 if documented else 0, ast.copy_location(look, node.body[0]))
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id[0] != " " or node.id in self._variables:
            return node
        if not node.id.startswith(HELD_KINDS):
            return ast.copy_location(self._constant(node.id), node)
        holder = ast.Constant(frozenset({self._mark + node.id}))  # type: ignore[arg-type]
        return ast.copy_location(ast.Subscript(holder, ast.Constant(0), ast.Load()), node)

    def _constant(self, name: str) -> ast.Constant:
        return ast.Constant(self._mark + name)


def _makes_class(scope: ast.AST) -> bool:
    """Whether a `class` statement stands in the scope itself."""
    todo = [*ast.iter_child_nodes(scope)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.ClassDef):
            return True
        inside = isinstance(node, _BLOCKS)
        if inside or (isinstance(node, ast.stmt) and not isinstance(node, _SCOPES)):
            todo += ast.iter_child_nodes(node)
    return False


def _bind(code: CodeType, mark: str, guard: Callable[[str], Any]) -> CodeType:
    constants: list[Any] = []
    made_by = -1
    for each in code.co_consts:
        if type(each) is CodeType:
            each = _bind(each, mark, guard)
        elif type(each) is str and each.startswith(mark):
            if each == mark + BUILD_CLASS:
                made_by = len(constants)
            each = guard(each.removeprefix(mark))
        elif type(each) is frozenset and any(str(one).startswith(mark) for one in each):
            (name,) = each
            each = guard(name.removeprefix(mark))
        constants.append(each)
    instructions = bytearray(code.co_code)
    for at in range(0, len(instructions), 2):
        if instructions[at] == _LOAD_BUILD_CLASS:
            if not 0 <= made_by <= 0xFF:
                raise ValueError("a class is made where its guard has no place")
            instructions[at : at + 2] = bytes((_LOAD_CONST, made_by))
    return code.replace(co_consts=tuple(constants), co_code=bytes(instructions))
