"""What all rules share: how a refusal is said, and what is known of the place being rewritten."""

# ruff: noqa: N802  # ast.NodeVisitor finds visitors by the names of node types

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from RestrictedPython.transformer import RestrictingNodeTransformer

from ..names import ATTRIBUTE_HINTS, BINDABLE, LOADABLE, READABLE, is_dunder
from ..tables.modules import refused_builtin
from .foresight import Foresight
from .nodes import TEMPORARY, exceptions_of, is_chain, load
from .plain import PlainNames
from .scopes import Scope, Survey, survey

INT_MAX_BITS = 1_000_000


class Finding(str):
    """A refusal on its way through RestrictedPython's list of error strings."""

    code: str
    hint: str
    line: int
    offset: int
    end_line: int
    end_offset: int


class Rules(RestrictingNodeTransformer):
    """Refusals, names, literals, and the scope that the visited node stands in.

    `fast` allows rewriting that asks no guard where the source or an exact type settles the answer.
    """

    def __init__(self, errors: list[str], warnings: list[str], *, fast: bool) -> None:
        super().__init__(errors, warnings)
        self.fast = fast
        self._classes: list[str] = []
        self._scopes: list[Scope] = []
        self._text_annotations = False
        #: Within a branch, or what a handler of ImportError guards.
        self.may_not_run = False
        #: How many comprehensions' iterables are being visited: Python binds no name within one.
        self._iterables = 0
        #: Exceptions that handlers around the visited node wait for, by name.
        self._awaited: frozenset[str] = frozenset()
        self.survey = Survey()
        self.plain = PlainNames(self.survey)
        self.foresight = Foresight(self.survey)

    # Refusals

    def refuse(self, node: ast.AST, code: str, message: str, hint: str = "") -> None:
        self.errors.append(self._finding(node, code, message, hint))

    def foresee(self, node: ast.expr) -> None:
        """Notes what is sure to fail if the expression is reached: no reason not to run."""
        match node:
            case ast.Name(id=name):
                found = self.foresight.unbound(name, self._scopes)
                kind = "NameError"
            case ast.Attribute():
                found = self.foresight.refused_member(node, self._scopes)
                kind = "AttributeError"
            case _:
                found = None
        if found is not None and kind not in self._awaited:
            self.warnings.append(self._finding(node, *found))

    @contextmanager
    def awaiting(self, handlers: list[ast.ExceptHandler]) -> Iterator[None]:
        """Within: what the handlers guard."""
        before = self._awaited
        self._awaited = before.union(*map(exceptions_of, handlers))
        yield
        self._awaited = before

    def _finding(self, node: ast.AST, code: str, message: str, hint: str) -> Finding:
        finding = Finding(message)
        finding.code, finding.hint = code, hint
        finding.line = getattr(node, "lineno", 1)
        finding.offset = getattr(node, "col_offset", 0)
        finding.end_line = getattr(node, "end_lineno", None) or finding.line
        end_offset = getattr(node, "end_col_offset", None)
        finding.end_offset = finding.offset if end_offset is None else end_offset
        return finding

    def error(self, node: ast.AST, info: str) -> None:
        self.refuse(node, "syntax-refused", info)

    def not_allowed(self, node: ast.AST) -> None:
        name = type(node).__name__
        self.refuse(node, "syntax-refused", f"{name} is not part of the admitted Python")

    def check_name(self, node: Any, name: str | None, allow_magic_methods: bool = False) -> None:
        if name is not None and is_dunder(name) and name not in BINDABLE:
            self.refuse(
                node,
                "name-refused",
                f"the name '{name}' is reserved",
                ATTRIBUTE_HINTS.get(name, "choose a name without double underscores around it"),
            )

    def check_attribute(self, node: ast.AST, name: str) -> None:
        if is_dunder(name) and name not in READABLE:
            self.refuse(
                node,
                "attribute-refused",
                f"access to '{name}' refused: not on the list of special names",
                ATTRIBUTE_HINTS.get(name, "use the public method or operator that stands for it"),
            )

    def refuse_async(self, node: ast.AST) -> None:
        self.refuse(
            node,
            "async-refused",
            "async code is refused: a technique runs alone, without an event loop",
            "write a plain function; use a generator where values should come one by one",
        )

    # Names and literals

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            if is_dunder(node.id) and node.id not in LOADABLE:
                self.refuse(
                    node,
                    "name-refused",
                    f"the name '{node.id}' is reserved",
                    ATTRIBUTE_HINTS.get(node.id, "pass what you need as an argument"),
                )
            row = refused_builtin(node.id)
            if row is not None and self.survey.is_builtin(node.id, self.scope):
                self.refuse(
                    node, "name-refused", f"the builtin '{node.id}' refused: {row.why}", row.instead
                )
            else:
                self.foresee(node)
        else:
            self.check_name(node, node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if type(node.value) is int and node.value.bit_length() > INT_MAX_BITS:
            self.refuse(
                node,
                "literal-too-large",
                "this number is too large to write as a literal",
                "pass it as an argument",
            )
        return node

    def mangle(self, name: str) -> str:
        """What Python itself does to `__private` names inside a class."""
        if not self._classes or not name.startswith("__") or name.endswith("__"):
            return name
        owner = self._classes[-1].lstrip("_")
        return f"_{owner}{name}" if owner else name

    # Places

    def take_stock(self, tree: ast.Module) -> None:
        self.survey = survey(tree)
        self.plain = PlainNames(self.survey)
        self.foresight = Foresight(self.survey)

    @property
    def scope(self) -> Scope:
        return self._scopes[-1]

    @contextmanager
    def inside(self, node: ast.AST) -> Iterator[None]:
        """Within: the scope that `node` opens."""
        self._scopes.append(self.survey.scopes[id(node)])
        yield
        self._scopes.pop()

    @contextmanager
    def optional(self) -> Iterator[None]:
        """Within: statements that a call may leave out."""
        before, self.may_not_run = self.may_not_run, True
        yield
        self.may_not_run = before

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Within: nothing is known of any name. Some Pythons evaluate annotations elsewhere."""
        self._scopes.append(Scope("class"))
        yield
        self._scopes.pop()

    def is_plain(self, node: ast.expr) -> bool:
        return self.fast and self.plain.is_plain(node, self._scopes)

    def held(self, node: ast.expr, small: bool = False) -> tuple[ast.expr, ast.expr] | None:
        """`node`, rewritten, as an expression to evaluate first and one that gives the same object
        again; None if that takes a guard's parameter to hold it, or no fast path is wanted.

        A steady variable is read twice. What is reached from a variable is kept in a temporary,
        which is as steady: no source can spell its name. It keeps its object alive until the next
        use or the function's end, so what nothing else holds (the result of a call) is not put
        there unless it is known to be `small`. A comprehension's temporaries would be its
        function's, which other frames share.
        """
        if not self.fast:
            return None
        if isinstance(node, ast.Name):
            if not self.survey.is_steady(node.id, self._scopes):
                return None
            return self.visit(node), load(node.id)
        if self.scope.kind != "function" or self._iterables or not (small or is_chain(node)):
            return None
        target = ast.Name(TEMPORARY, ast.Store())
        return ast.NamedExpr(target, self.visit(node)), load(TEMPORARY)

    def annotation(self, node: ast.expr) -> ast.expr:
        if self._text_annotations:
            # Under the `annotations` future Python keeps the text and evaluates nothing.
            return ast.copy_location(ast.Constant(ast.unparse(node)), node)
        with self.closed():
            new: ast.expr = self.visit(node)
        return new
