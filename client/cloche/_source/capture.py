"""Follows everything a function uses and writes it down."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import inspect
import sys
import types
import typing
from dataclasses import dataclass, field, replace
from typing import Any

from cloche import wire
from cloche._source import advice
from cloche._source.assemble import BOUND_ENTRY, Piece, assemble
from cloche._source.files import (
    Definition,
    ImportedName,
    Origin,
    SourceFile,
    first_line,
    imported_names,
    unavailable,
)
from cloche._source.literals import LONGEST_LITERAL, NotLiteralError, expression
from cloche._source.live import (
    absolute_module,
    class_closure,
    closure_of,
    default_values,
    grew_in_cells,
    import_line,
    lambda_statement,
    methods_of,
    module_of,
    plain_function,
    still_bound,
)
from cloche._source.modules import importable_as, is_local
from cloche._source.scope import attribute_chains, names_used
from cloche.errors import SourceError, WireError

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

# Values that a second run of their assignment makes again: they hold no state of their own.
_REBUILT = (
    typing.TypeVar,
    typing.ParamSpec,
    typing.NewType,
    types.GenericAlias,
    types.UnionType,
    functools.partial,
    # The classes of typing's own aliases have no public names.
    type(typing.Union[int, None]),  # noqa: UP007
    type(typing.List[int]),  # noqa: UP006
    type(typing.Any),
)

_MISSING = object()
_SKIPPED = frozenset({"__name__", "__doc__", "__debug__", "__builtins__"})


@dataclass(frozen=True)
class Captured:
    """Source that stands alone. `origins[i]` says where line i + 1 was written, if anywhere.

    `bound` holds values for the entry point's third parameter; empty, it has no such parameter.
    """

    source: str
    entry_point: str
    origins: tuple[Origin | None, ...]
    bound: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Context:
    """Where a name is looked up: a definition's closure, then its module."""

    file: SourceFile
    module: dict[str, Any]
    closure: Mapping[str, object]
    user: str  # "steer (steer.py:12)", for messages

    def lookup(self, name: str) -> tuple[object, bool]:
        """The value, and whether the closure holds it rather than the module."""
        if name in self.closure:
            return self.closure[name], True
        return self.module.get(name, _MISSING), False


def capture(function: object) -> Captured:
    """Returns the function and all it uses as one source.

    Raises:
        SourceError: something it uses cannot be sent; the message names it and says what to do.
    """
    entry = plain_function(function)
    collected = _Capture()
    name = collected.entry(entry, function)
    bound = {
        p.name: collected.values[p.name] for p in collected.pieces.values() if p.kind == "bound"
    }
    # An entry point is a `def`; a lambda gets one around it.
    wrapped = bool(bound) or entry.__code__.co_name == "<lambda>"
    if wrapped and BOUND_ENTRY in collected.pieces:
        raise SourceError(f"the name {BOUND_ENTRY!r} is Cloche's own here; choose another")
    source, origins = assemble(
        collected.pieces, name, future=collected.needs_future(), wrapped=wrapped
    )
    return Captured(source, BOUND_ENTRY if wrapped else name, origins, bound)


class _Capture:
    """Collects pieces until every name that a piece uses is a piece or a builtin."""

    def __init__(self) -> None:
        self.pieces: dict[str, Piece] = {}
        self.values: dict[str, object] = {}
        self._files: list[str] = []
        self._annotations: set[str] = set()
        self._file_has_future = False

    def entry(self, inner: types.FunctionType, function: object) -> str:
        """Collects the technique itself and returns the name it has in the source."""
        file = SourceFile.load(inner.__code__.co_filename, inner.__globals__)
        if file is not None and inner.__globals__.get(inner.__name__) is function:
            node = file.definition(inner.__name__)
            if node is not None and first_line(node) == inner.__code__.co_firstlineno:
                return self._define(node, self._function_context(inner, file), inner.__name__)
        if inner is not function and not self._decorated(inner):
            raise SourceError(
                f"{inner.__qualname__} was wrapped after its definition, and the wrapping would "
                "be lost; "
                "put the decorator above the def with @"
            )
        return self._function(inner)

    def needs_future(self) -> bool:
        """Whether annotations must stay text: as in the file, or as their names stay behind."""
        absent = {n for n in self._annotations if n not in self.pieces and not hasattr(builtins, n)}
        return self._file_has_future or bool(absent)

    # Names

    def _resolve(self, name: str, context: _Context, text: str, *, now: bool) -> None:
        """Makes `name` mean in the source what it means in `context`."""
        value, enclosed = context.lookup(name)
        if value is _MISSING:
            if hasattr(builtins, name) or name in _SKIPPED:
                return
            raise SourceError(
                f"{name!r}, used by {context.user}, is not defined; define or import it before the "
                "function is sent"
            )
        if name in _SKIPPED or value is getattr(builtins, name, _MISSING):
            return
        if getattr(value, "__wrapped__", value) is getattr(builtins, name, _MISSING):
            return  # IPython puts its own `open` in the way
        if not enclosed and self._from_statement(name, value, context, text):
            return
        if not self._from_value(name, value, context, now=now):
            raise advice.refusal(name, value, context.user)

    def _from_statement(self, name: str, value: object, context: _Context, text: str) -> bool:
        """Takes `name` from the statement of its module that bound it, if that can be told."""
        for item in context.file.imports(name):
            if self._import(item, value, context, text):
                return True
        node = context.file.definition(name)
        if node is not None and self._is_definition_of(node, value, context.file):
            self._define(node, self._context_of(value, context), name)
            return True
        if grew_in_cells(context.module):
            for cell in SourceFile.cells():
                if cell is not context.file and self._from_cell(cell, name, value, context, text):
                    return True
        return False

    def _from_cell(
        self, cell: SourceFile, name: str, value: object, context: _Context, text: str
    ) -> bool:
        if any(self._import(item, value, context, text) for item in cell.imports(name)):
            return True
        node = cell.definition(name)
        if node is None or not self._is_definition_of(node, value, cell):
            return False
        there = _Context(cell, context.module, {}, f"{name} ({cell.where(node)})")
        self._define(node, self._context_of(value, there), name)
        return True

    def _from_value(self, name: str, value: object, context: _Context, *, now: bool) -> bool:
        """Writes `name` down from what it holds; False where nothing can."""
        if isinstance(value, types.ModuleType):
            if is_local(value.__name__):
                raise advice.local_module(name, value, context.user)
            self._add_import(name, import_line(value.__name__, "", name))
            return True
        home = importable_as(value)
        if home is not None:
            self._add_import(name, import_line(*home, name))
            return True
        if isinstance(value, types.FunctionType) or hasattr(value, "__wrapped__"):
            return self._alias(name, self._function_value(value, context), context)
        if isinstance(value, type) and self._class(value, name, context):
            return True
        return self._plain(name, value, context, now=now)

    def _plain(self, name: str, value: object, context: _Context, *, now: bool) -> bool:
        """Data: as a literal if it is short, as its own assignment, or as a bound value."""
        needs: set[str] = set()

        def refer(part: object) -> str:
            inner = self._referred(part, context)
            needs.add(inner)
            return inner

        assigned = context.file.assignments(name) if name not in context.closure else []
        literal = ""
        if not isinstance(value, (type, types.BuiltinFunctionType)):
            with contextlib.suppress(NotLiteralError):
                literal = expression(value, refer)
        if literal and (len(literal) <= LONGEST_LITERAL or now):
            line = assigned[-1].lineno if assigned else 0
            raw = context.file.lines[line - 1].rstrip("\r\n") if line else ""
            origin = Origin(context.file.label, line, text=raw) if line else None
            self._add(
                Piece(
                    name, "value", ("literal", literal), context.user,
                    [f"{name} = {literal}"], [origin], self._rank(context.file, line), needs,
                )
            )  # fmt: skip
            return True
        if len(assigned) == 1 and isinstance(value, (*_REBUILT, type)):
            self._statement(assigned[0], name, context)
            return True
        if not advice.travels(value):
            return False
        try:
            wire.encode(value, root=name)
        except WireError as error:
            raise SourceError(f"{error}; {name!r} is used by {context.user}") from None
        if now:
            raise SourceError(
                f"{name!r} is needed while {context.user} is being defined, before its value can "
                "arrive; use it inside the function"
            )
        self.values[name] = value
        self._add(Piece(name, "bound", ("bound", id(value)), context.user))
        return True

    def _referred(self, part: object, context: _Context) -> str:
        """The name that a function, class or module inside a value has in the source."""
        name = str(getattr(part, "__name__", type(part).__name__))
        if part is getattr(builtins, name, _MISSING):
            return name
        if isinstance(part, types.ModuleType) or importable_as(part) is not None:
            self._from_value(name, part, context, now=True)
            return name
        if isinstance(part, types.FunctionType) or hasattr(part, "__wrapped__"):
            return self._function_value(part, context)
        if context.module.get(name, _MISSING) is part:
            self._resolve(name, context, "", now=True)
            return name
        if isinstance(part, type) and self._class(part, name, context):
            return name
        raise NotLiteralError(f"{name} has no source")

    # Imports

    def _import(self, item: ImportedName, value: object, context: _Context, text: str) -> bool:
        """Uses the import statement if it yields exactly `value`."""
        module = absolute_module(item, context.module)
        loaded = sys.modules.get(module) if module else None
        if module is None or loaded is None:
            return False
        if item.attribute:
            found = getattr(loaded, item.attribute, _MISSING)
            if found is _MISSING:
                found = sys.modules.get(f"{module}.{item.attribute}", _MISSING)
        else:
            found = sys.modules.get(module.partition(".")[0]) if item.plain else loaded
        if found is not value:
            return False
        if isinstance(value, types.ModuleType) and is_local(value.__name__):
            raise advice.local_module(item.name, value, context.user)
        if is_local(module):
            return self._import_source(item, loaded, value, context)
        if item.plain and "." in item.module:
            self._import_submodules(item.name, context, text)
        else:
            self._add_import(item.name, import_line(module, item.attribute, item.name))
        return True

    def _import_submodules(self, top: str, context: _Context, text: str) -> None:
        """`import a.b` binds `a`: keeps each such import whose path the snippet goes through."""
        wanted = {top} | {
            item.module
            for item in context.file.imports(top)
            if item.plain and item.module in attribute_chains(text, top)
        }
        lines = self.pieces[top].lines if top in self.pieces else []
        every = sorted({*lines, *(f"import {module}" for module in wanted)})
        self._add_import(top, f"import {top}")
        self.pieces[top].lines = every
        self.pieces[top].origins = [None] * len(every)

    def _import_source(
        self, item: ImportedName, module: types.ModuleType, value: object, context: _Context
    ) -> bool:
        """`from helpers import f`, helpers being the caller's own file: takes f from there."""
        file = SourceFile.load(str(getattr(module, "__file__", None) or ""), vars(module))
        if file is None or not item.attribute:
            return False
        user = f"{item.attribute}, which {context.user} imports from {module.__name__}"
        there = _Context(file, vars(module), {}, user)
        self._resolve(item.attribute, there, "", now=False)
        if item.attribute not in self.pieces:
            return True  # a builtin
        if self.pieces[item.attribute].kind == "bound" and item.name != item.attribute:
            raise SourceError(
                f"{item.name!r}, used by {context.user}, holds arrays under another name; import "
                "it "
                f"as {item.attribute!r}"
            )
        return self._alias(item.name, item.attribute, context)

    def _add_import(self, name: str, line: str) -> None:
        # `import a` and the same with submodules are one thing.
        piece = Piece(name, "import", ("import", line), line, [line], [None])
        self._add(piece)

    # Definitions

    def _function_value(self, value: object, context: _Context) -> str:
        inner = inspect.unwrap(value)  # type: ignore[arg-type]
        if not isinstance(inner, types.FunctionType):
            raise advice.refusal(getattr(value, "__name__", "?"), value, context.user)
        if inner is not value and not self._decorated(inner):
            raise SourceError(
                f"{inner.__qualname__}, used by {context.user}, was wrapped after its "
                "definition, and the "
                "wrapping would be lost; put the decorator above the def with @"
            )
        if inner is value and self._decorated(inner):
            raise SourceError(
                f"{inner.__qualname__}, used by {context.user}, is the inside of a decorated "
                "function; "
                "write the decorator with functools.wraps"
            )
        return self._function(inner)

    def _decorated(self, inner: types.FunctionType) -> bool:
        file = SourceFile.load(inner.__code__.co_filename, inner.__globals__)
        found = file.function_of(inner.__code__) if file else None
        return found is not None and bool(found[0].decorator_list)

    def _function(self, inner: types.FunctionType) -> str:
        """Collects a function by its code; returns the name its definition binds."""
        code = inner.__code__
        file = SourceFile.load(code.co_filename, inner.__globals__)
        if file is None:
            raise unavailable(inner.__qualname__, code.co_filename)
        context = self._function_context(inner, file)
        if inner.__name__ == "<lambda>" or code.co_name == "<lambda>":
            statement, name = lambda_statement(file, code)
            return self._statement(statement, name, context)
        found = file.function_of(code)
        if found is None:
            raise SourceError(
                f"{inner.__qualname__} is not at {file.label}:{code.co_firstlineno} any more: "
                "the file "
                "changed after it was imported; import it again"
            )
        node, parent = found
        if isinstance(parent, ast.ClassDef):
            raise SourceError(
                f"{inner.__qualname__} ({file.where(node)}) is a method of class {parent.name}; "
                "write it "
                "as a function outside the class"
            )
        if "<locals>" in inner.__qualname__:
            context = replace(context, closure={**default_values(inner, node), **context.closure})
        return self._define(node, context, node.name)

    def _class(self, value: type, name: str, context: _Context) -> bool:
        located = self._locate_class(value)
        if located is None:
            return False
        file, node = located
        there = _Context(
            file, module_of(value), class_closure(value), f"{node.name} ({file.where(node)})"
        )
        self._define(node, there, node.name)
        return self._alias(name, node.name, context)

    def _locate_class(self, value: type) -> tuple[SourceFile, ast.ClassDef] | None:
        """The `class` statement of a class, through its module's file, its methods or a cell."""
        module = sys.modules.get(value.__module__)
        names = [str(getattr(module, "__file__", None) or "")]
        names += [m.__code__.co_filename for m in methods_of(value)]
        for filename in dict.fromkeys(names):
            file = SourceFile.load(filename, module_of(value)) if filename else None
            node = file.class_of(value.__qualname__) if file else None
            if file is not None and node is not None:
                return file, node
        if grew_in_cells(module_of(value)):
            for cell in SourceFile.cells():
                node = cell.class_of(value.__qualname__)
                if node is not None:
                    return cell, node
        return None

    def _define(self, node: Definition, context: _Context, name: str) -> str:
        if node.name != name:
            raise SourceError(f"{name!r} is defined as {node.name!r} at {context.file.where(node)}")
        return self._statement(node, name, context)

    def _statement(self, node: ast.stmt, name: str, context: _Context) -> str:
        """Takes a statement as it stands, then all that it uses."""
        file = context.file
        identity = ("statement", file.name, first_line(node))
        known = self.pieces.get(name)
        if known is not None and known.identity == identity:
            return name
        lines, origins = file.snippet(node)
        text = "\n".join(lines)
        used = names_used(text)
        kind = "definition" if isinstance(node, Definition) else "value"
        piece = Piece(
            name, kind, identity, f"{file.where(node)}", lines, list(origins),  # type: ignore[arg-type]
            self._rank(file, first_line(node)), used.now, used.later,
        )  # fmt: skip
        self._add(piece)
        self._file_has_future |= file.has_future_annotations
        self._annotations |= used.annotations
        self._check_inner_imports(node, context)
        for wanted in sorted(used.now | used.later):
            if wanted in used.written and context.lookup(wanted)[0] is _MISSING:
                continue
            self._resolve(wanted, context, text, now=wanted in used.now)
        return name

    def _check_inner_imports(self, node: ast.stmt, context: _Context) -> None:
        nodes = [n for n in ast.walk(node) if isinstance(n, (ast.Import, ast.ImportFrom))]
        for item in imported_names(list(nodes)):
            if item.level or is_local(item.module):
                raise SourceError(
                    f"{context.user} imports {'.' * item.level}{item.module} inside its body, a "
                    "file the server "
                    "does not have; move `from ... import name` to the top of the file"
                )

    def _is_definition_of(self, node: Definition, value: object, file: SourceFile) -> bool:
        if isinstance(node, ast.ClassDef):
            return bool(node.decorator_list) or (
                isinstance(value, type)
                and value.__name__ == node.name
                and is_local(value.__module__)
            )
        inner = inspect.unwrap(value) if callable(value) else value
        if isinstance(inner, types.FunctionType):
            code = inner.__code__
            if code.co_filename == file.name and code.co_firstlineno == first_line(node):
                # Without its decorators the function is not what the name stands for.
                return inner is not value or not node.decorator_list
        # A decorator may have put anything in the function's place; the definition makes it again.
        return bool(node.decorator_list) and still_bound(file, node, value)

    def _context_of(self, value: object, context: _Context) -> _Context:
        inner = inspect.unwrap(value) if callable(value) else value
        if (
            isinstance(inner, types.FunctionType)
            and inner.__code__.co_filename == context.file.name
        ):
            return self._function_context(inner, context.file)
        node = context.file.definition(getattr(value, "__name__", ""))
        user = f"{node.name} ({context.file.where(node)})" if node else context.user
        return _Context(context.file, context.module, {}, user)

    def _function_context(self, inner: types.FunctionType, file: SourceFile) -> _Context:
        user = f"{inner.__name__} ({file.label}:{inner.__code__.co_firstlineno})"
        return _Context(file, inner.__globals__, closure_of(inner), user)

    # Bookkeeping

    def _alias(self, name: str, target: str, context: _Context) -> bool:
        if name != target:
            line = f"{name} = {target}"
            rank = self.pieces[target].rank
            piece = Piece(
                name, "value", ("alias", target), context.user, [line], [None], rank, {target}
            )
            self._add(piece)
        return True

    def _add(self, piece: Piece) -> None:
        known = self.pieces.setdefault(piece.name, piece)
        if known.identity != piece.identity:
            raise SourceError(
                f"two different things are called {piece.name!r}: one at {known.where}, one at "
                f"{piece.where}; rename one of them"
            )

    def _rank(self, file: SourceFile, line: int) -> tuple[int, int]:
        if file.name not in self._files:
            self._files.append(file.name)
        # Files that were reached later hold what earlier ones use, so they come first.
        return (-self._files.index(file.name), line)
