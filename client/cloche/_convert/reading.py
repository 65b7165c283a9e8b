"""The source as a syntax tree that forgets nothing, with what is known of its names."""

from __future__ import annotations

import textwrap
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import libcst as cst
from libcst.metadata import (
    ClassScope,
    CodeRange,
    ExpressionContext,
    ExpressionContextProvider,
    FunctionScope,
    GlobalScope,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    Scope,
    ScopeProvider,
)

from cloche.errors import ConversionError, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# An indented method, as inspect.getsource gives it, is read as the body of this.
_AROUND = "class _:\n"


@dataclass(frozen=True)
class Reading:
    """`indented`: the source began inside a class; its members are the only class's here."""

    module: cst.Module
    indented: bool
    positions: Mapping[cst.CSTNode, CodeRange]
    scopes: Mapping[cst.CSTNode, Scope | None]
    parents: Mapping[cst.CSTNode, cst.CSTNode]
    contexts: Mapping[cst.CSTNode, ExpressionContext | None]

    def line(self, node: cst.CSTNode) -> int:
        """The line, in the source as it was given."""
        return self.positions[node].start.line - self.indented

    def is_changed(self, node: cst.CSTNode) -> bool:
        """Whether an expression is a target: of an assignment, a loop, `del`, ..."""
        return self.contexts.get(node) in (ExpressionContext.STORE, ExpressionContext.DEL)

    @property
    def globals(self) -> GlobalScope:
        scope = self.scopes[self.module]
        assert isinstance(scope, GlobalScope)  # noqa: S101  # by its definition
        return scope

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around `node`, innermost first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def function_around(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The innermost `def` that `node` stands in."""
        return next((n for n in self.above(node) if isinstance(n, cst.FunctionDef)), None)

    def uses(self, name: str, scope: Scope | None) -> list[cst.CSTNode]:
        """Where what `scope` itself binds as `name` is read, in the source's order."""
        if scope is None:
            return []
        found = {
            access.node
            for assignment in scope.assignments[name]
            for access in assignment.references
            if _sees(access.scope, scope, name)
        }
        return sorted(found, key=self._order)

    def parameter_uses(self, function: cst.FunctionDef, name: str) -> list[cst.CSTNode]:
        """Where a function's parameter is read, in nested functions too."""
        return self.uses(name, self.scope_of(function))

    def scope_of(self, function: cst.FunctionDef) -> FunctionScope:
        """The scope that the function's body runs in."""
        scope = self.scopes[function.body]
        assert isinstance(scope, FunctionScope)  # noqa: S101  # by its definition
        return scope

    def _order(self, node: cst.CSTNode) -> tuple[int, int]:
        start = self.positions[node].start
        return start.line, start.column


class Problems:
    """Collects what cannot be converted, with its place."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._found: dict[tuple[int, int], Diagnostic] = {}

    def add(self, node: cst.CSTNode, code: str, message: str, hint: str) -> None:
        where = self._reading.positions[node]
        shift = int(self._reading.indented)
        item = Diagnostic(
            code=code,
            message=message,
            hint=hint,
            line=where.start.line - shift,
            column=where.start.column + 1,
            end_line=where.end.line - shift,
            end_column=where.end.column + 1,
        )
        # One place, one reason: what follows from it would only repeat it.
        self._found.setdefault((item.line, item.column), item)

    def raise_if_any(self) -> None:
        if self._found:
            raise ConversionError(tuple(self._found[key] for key in sorted(self._found)))


def read(source: str) -> Reading:
    """Raises ConversionError where the source is not Python."""
    source = source.removeprefix("\ufeff")
    first = next((line for line in source.splitlines() if line.strip(" \t\f")), "")
    indented = first[:1] in (" ", "\t")
    text = _AROUND + source if indented else source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(text, "<source>", "exec", dont_inherit=True)
        module = cst.parse_module(text)
    except SyntaxError as error:
        raise _not_python(str(error.msg), error.lineno or 0, error.offset or 0, indented) from None
    except cst.ParserSyntaxError as error:
        raise _not_python(
            "libcst cannot read this", error.raw_line, error.raw_column + 1, indented
        ) from None
    except ValueError as error:
        raise _not_python(str(error), 0, 0, indented) from None
    wrapper = MetadataWrapper(module)
    known: Any = wrapper.resolve_many(
        (PositionProvider, ScopeProvider, ParentNodeProvider, ExpressionContextProvider)
    )
    return Reading(
        wrapper.module,
        indented,
        known[PositionProvider],
        known[ScopeProvider],
        known[ParentNodeProvider],
        known[ExpressionContextProvider],
    )


def _sees(place: Scope, scope: Scope, name: str) -> bool:
    """Whether a name read in `place` can mean what `scope` binds.

    libcst takes a variable that is read above its assignment for an outer one, in a class too. In
    a function it is that function's, wherever it is assigned; and methods do not see their class.
    """
    if isinstance(scope, ClassScope):
        return place is scope
    while place is not scope and place is not place.parent:
        if not isinstance(place, ClassScope) and place.assignments[name]:
            return False
        place = place.parent
    return True


def _not_python(message: str, line: int, column: int, indented: bool) -> ConversionError:
    item = Diagnostic(
        code="syntax",
        message=textwrap.shorten(message, 200),
        hint="",
        line=max(0, line - indented),
        column=column,
    )
    return ConversionError((item,))
