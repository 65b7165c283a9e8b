"""Follows everything a function uses and writes it down."""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import functools
import importlib
import types
import typing
from dataclasses import dataclass, field, replace

from cloche import wire
from cloche.contract.errors import SourceError, WireError
from cloche.source import advice
from cloche.source.assemble import BOUND_ENTRY, Piece, assemble
from cloche.source.context import MISSING, Context
from cloche.source.definitions import (
    changed,
    class_statement,
    function_file,
    function_statement,
    made_by,
    refuse_wrapping,
)
from cloche.source.files import (
    Definition,
    Function,
    ImportedName,
    Origin,
    SourceFile,
    first_line,
    imported_names,
)
from cloche.source.imports import (
    absolute,
    import_line,
    inner_import,
    replaced,
    source_module,
)
from cloche.source.literals import LONGEST_LITERAL, NotLiteralError, expression
from cloche.source.live import (
    class_of,
    grew_in_cells,
    is_instance_of_own,
    lambda_statement,
    plain_function,
    unwrap,
    wrapped_in,
)
from cloche.source.lost import Changes, refuse_lost_changes
from cloche.source.modules import UNPLACED, importable_as, is_local, server_may_have
from cloche.source.pieces import Pieces
from cloche.source.scope import Names, attribute_chains, attributes_of, names_used
from cloche.source.undefined import refuse_undefined, undefined

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

# What tells its own name truly: functions, classes and modules.
_SPEAKING = (types.FunctionType, types.BuiltinFunctionType, types.ModuleType, type)
_SPEAKING_KINDS = UNPLACED
# Pieces: what takes more of a library is the library.
_MOST_OF_A_LIBRARY = 40
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


def capture(function: object) -> Captured:
    """Returns the function and all it uses as one source.

    Raises:
        SourceError: something it uses cannot be sent; the message names it and says what to do.
    """
    collected = _Capture()
    name = collected.entry(function)
    pieces = collected.pieces
    at_once = {name for piece in pieces.all.values() for name in piece.needs_now}
    refuse_lost_changes(collected.changes, at_once)
    bound = {n: collected.values[n] for n, piece in pieces.all.items() if piece.kind == "bound"}
    # An entry point is a `def`; a lambda, a method or a partial gets one around it.
    piece = pieces.all.get(name)
    wrapped = bool(bound) or piece is None or piece.kind != "definition"
    if wrapped:
        pieces.reserve(BOUND_ENTRY, "Cloche, which calls the technique through it")
    source, origins = assemble(pieces.all, name, future=pieces.needs_future(), wrapped=wrapped)
    return Captured(source, BOUND_ENTRY if wrapped else name, origins, bound)


class _Capture:
    """Collects pieces until every name that a piece uses is a piece or a builtin."""

    def __init__(self) -> None:
        self.pieces = Pieces()
        self.values: dict[str, object] = {}
        self.changes = Changes()
        # While the technique's own expression is written: it is read after bound values arrive.
        self._of_entry = False
        # Names that were made up for values, by the value; objects on the way to their names.
        self._made: dict[int, str] = {}
        self._writing: set[int] = set()

    def entry(self, function: object) -> str:
        """Collects the technique itself and returns its name, or the expression that it is."""
        if isinstance(function, functools.partial):
            plain_function(function.func)
            inner = unwrap(function.func)
            home = inner if isinstance(inner, types.FunctionType) else None
            return self._entry_expression(function, home)
        inner = plain_function(function)
        if isinstance(function, types.MethodType):
            return self._entry_expression(function, inner)
        if inner is not unwrap(function):  # an object with __call__
            return self._entry_expression(function, inner)
        holder = class_of(inner)
        if holder is not None:
            return self._entry_expression(holder, inner) + f".{inner.__name__}"
        refuse_wrapping(function, inner, "")
        name = self._function(inner)
        refuse_undefined(inner, self.pieces.all[name].lines, self.pieces.unbound)
        return name

    def _entry_expression(self, value: object, home: types.FunctionType | None) -> str:
        """A value as what the wrapper calls."""
        if home is None:
            raise SourceError(
                "a functools.partial of a function in C cannot be a technique; write a def"
            )
        file = function_file(home)
        context = Context.of(home, file)
        self._of_entry = True
        try:
            return expression(value, lambda part: self._referred(part, context))
        except NotLiteralError as error:
            raise SourceError(
                f"{context.user} is reached through an object that cannot be sent ({error}); "
                "write the technique as a function, and pass what it needs as arguments"
            ) from None
        finally:
            self._of_entry = False

    # Names

    def _resolve(self, name: str, context: Context, text: str, *, now: bool) -> None:
        """Makes `name` mean in the source what it means in `context`."""
        value, enclosed = context.lookup(name)
        if value is MISSING:
            if name in _SKIPPED or name in self.pieces.made:
                return
            if hasattr(builtins, name):
                self.pieces.reserve(name, f"{context.user}, which means the builtin")
                return
            if now:
                raise undefined(name, context.user)
            self.pieces.unbound.add(name)  # as here: reading it raises NameError
            return
        if name in _SKIPPED:
            return
        # IPython puts its own `open` in the way.
        builtin = getattr(builtins, name, MISSING)
        if value is builtin or wrapped_in(value) is builtin:
            self.pieces.reserve(name, f"{context.user}, which means the builtin")
            return
        if not enclosed and self._from_statement(name, value, context, text):
            return
        self._writing.add(id(value))
        if not self._from_value(name, value, context, now=now, text=text):
            raise advice.refusal(name, value, context.user)
        self._writing.discard(id(value))

    def _from_statement(self, name: str, value: object, context: Context, text: str) -> bool:
        """Takes `name` from the statement of its module that bound it, if that can be told."""
        for item in context.file.imports(name):
            if self._import(item, value, context, text):
                return True
        node = context.file.definition(name)
        if node is not None and made_by(node, value, context.file):
            self._statement(node, name, _context_of(node, value, context))
            return True
        if grew_in_cells(context.module):
            for cell in SourceFile.cells():
                if cell is not context.file and self._from_cell(cell, name, value, context, text):
                    return True
        return False

    def _from_cell(
        self, cell: SourceFile, name: str, value: object, context: Context, text: str
    ) -> bool:
        if any(self._import(item, value, context, text) for item in cell.imports(name)):
            return True
        node = cell.definition(name)
        if node is None or not made_by(node, value, cell):
            return False
        there = replace(context, file=cell, closure={})
        self._statement(node, name, _context_of(node, value, there))
        return True

    def _from_value(
        self, name: str, value: object, context: Context, *, now: bool, text: str = ""
    ) -> bool:
        """Writes `name` down from what it holds; False where nothing can."""
        if isinstance(value, types.ModuleType):
            if is_local(value.__name__):
                return self._module(name, value, context, text)
            self.pieces.add_import(name, import_line(value.__name__, "", name))
            return True
        home = importable_as(value)
        if home is not None and home[0] == "builtins":
            self.pieces.reserve(home[1], f"{context.user}, which means the builtin")
            return self._alias(name, home[1], context)
        if home is not None:
            self.pieces.add_import(name, import_line(*home, name))
            return True
        if isinstance(value, types.FunctionType) or wrapped_in(value) is not None:
            return self._alias(name, self._function_value(value, context), context)
        if isinstance(value, type) and self._class(value, name, context):
            return True
        return self._plain(name, value, context, now=now)

    def _plain(self, name: str, value: object, context: Context, *, now: bool) -> bool:
        """Data: as a literal if it is short, as its own assignment, or as a bound value."""
        needs: set[str] = set()

        def refer(part: object) -> str:
            inner = self._referred(part, context)
            needs.add(inner)
            return inner

        file, assigned = _assignments(name, context)
        literal = ""
        if not isinstance(value, (type, types.BuiltinFunctionType)):
            with contextlib.suppress(NotLiteralError):
                literal = expression(value, refer)
        if literal and (len(literal) <= LONGEST_LITERAL or now):
            line = assigned[-1].lineno if assigned else 0
            raw = file.lines[line - 1].rstrip("\r\n") if line else ""
            origin = Origin(file.label, line, text=raw) if line else None
            self.pieces.add(
                Piece(
                    name, "value", ("literal", literal), context.user, [f"{name} = {literal}"],
                    [origin], self.pieces.rank(file, line), needs,
                )
            )  # fmt: skip
            return True
        again = isinstance(value, (*_REBUILT, type)) or advice.is_stateless_module(value)
        if len(assigned) == 1 and again:
            self._statement(assigned[0], name, replace(context, file=file))
            return True
        if len(assigned) == 1 and is_instance_of_own(value):
            self._instance(name, value, assigned[0], replace(context, file=file))
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
        self.pieces.add(Piece(name, "bound", ("bound", id(value)), context.user))
        return True

    def _instance(
        self, name: str, value: object, node: ast.Assign | ast.AnnAssign, context: Context
    ) -> None:
        """An object of the caller's own class: made as it was, then given what it holds now."""
        needs: set[str] = set()

        def refer(part: object) -> str:
            needs.add(self._referred(part, context))
            return self._referred(part, context)

        held = vars(value)
        try:
            lines = [f"{name}.{key} = {expression(item, refer)}" for key, item in held.items()]
        except NotLiteralError as error:
            raise SourceError(
                f"{name!r}, an object of {type(value).__name__} that {context.user} uses, holds "
                f"what no source can say ({error}); make it inside the function, or pass what it "
                "holds as arguments"
            ) from None
        self._statement(node, name, context)
        piece = self.pieces.all[name]
        if len(piece.lines) == (node.end_lineno or node.lineno) - node.lineno + 1:
            piece.lines += lines
            piece.origins += [None] * len(lines)
            piece.needs_now |= needs - {name}

    def _object(self, value: object, context: Context) -> str:
        """The name of an object of the caller's that a value holds."""
        names = (name for name, held in context.module.items() if held is value)
        name = next((each for each in names if each.isidentifier()), "")
        if not name or id(value) in self._writing:
            raise NotLiteralError(f"{advice.label(value)} is not plain data")
        self._writing.add(id(value))
        try:
            self._resolve(name, context, "", now=not self._of_entry)
        finally:
            self._writing.discard(id(value))
        return name

    def _bind(self, value: object, context: Context) -> str:
        """The name under which an array or a tensor arrives, for the technique's own expression."""
        name = self._made.setdefault(id(value), f"cloche_value_{len(self.values)}")
        self.values[name] = value
        self.pieces.add(Piece(name, "bound", ("bound", id(value)), context.user))
        return name

    def _referred(self, part: object, context: Context) -> str:
        """The name that a function, class or module inside a value has in the source."""
        speaks = isinstance(part, _SPEAKING) or type(part).__name__ in _SPEAKING_KINDS
        if not speaks and wrapped_in(part) is None:
            if self._of_entry and advice.travels(part):
                return self._bind(part, context)
            return self._object(part, context)
        name = str(getattr(part, "__name__", type(part).__name__))
        if part is getattr(builtins, name, MISSING):
            self.pieces.reserve(name, f"a value that {context.user} uses")
            return name
        home = importable_as(part)
        if isinstance(part, types.ModuleType) or home is not None:
            whole = part.__name__ if isinstance(part, types.ModuleType) else ".".join(home or ())
            # Only a name that means nothing else to the caller is taken as it is.
            means = context.lookup(name)[0]
            free = "." not in name and (means is MISSING or means is part)
            line = import_line(*(home or (whole, "")), name)
            free &= self.pieces.may_import(name, line)
            name = name if free else f"cloche_{whole.replace('.', '_')}"
            if not self._from_value(name, part, context, now=True):
                raise NotLiteralError(f"the module {whole}")
            return name
        if isinstance(part, types.FunctionType) or wrapped_in(part) is not None:
            return self._function_value(part, context)
        if context.module.get(name, MISSING) is part:
            self._resolve(name, context, "", now=True)
            return name
        if isinstance(part, type) and self._class(part, name, context):
            return name
        raise NotLiteralError(f"{name} has no source")

    # Imports

    def _import(self, item: ImportedName, value: object, context: Context, text: str) -> bool:
        """Uses the import statement if it yields exactly `value`."""
        loaded = source_module(item, value, context.module)
        if loaded is None:
            return False
        if isinstance(value, types.ModuleType) and is_local(value.__name__):
            return self._module(item.name, value, context, text)
        module = loaded.__name__ if item.level else item.module
        if is_local(module):
            return self._import_source(item, loaded, context)
        if not server_may_have(module) and self._try_library(item, loaded, context):
            return True
        if item.plain and "." in item.module:
            self._import_submodules(item.name, context, text)
        else:
            self.pieces.add_import(item.name, import_line(module, item.attribute, item.name))
        return True

    def _import_submodules(self, top: str, context: Context, text: str) -> None:
        """`import a.b` binds `a`: keeps each such import whose path the snippet goes through."""
        wanted = {top} | {
            item.module
            for item in context.file.imports(top)
            if item.plain and item.module in attribute_chains(text, top)
        }
        known = self.pieces.all.get(top)
        every = sorted({*(known.lines if known else ()), *(f"import {name}" for name in wanted)})
        self.pieces.add_import(top, f"import {top}")
        self.pieces.all[top].lines = every
        self.pieces.all[top].origins = [None] * len(every)

    def _try_library(self, item: ImportedName, module: types.ModuleType, context: Context) -> bool:
        """Takes a function or class of an installed library as source, if that is short.

        False leaves the import as it is: the server has the library, or says that it has not.
        """
        if not item.attribute:
            return False
        before = copy.deepcopy(self.pieces), dict(self.values)
        try:
            taken = self._import_source(item, module, context)
        except SourceError:
            taken = False
        if not taken or len(self.pieces.all) > len(before[0].all) + _MOST_OF_A_LIBRARY:
            self.pieces, self.values = before
            return False
        return True

    def _module(self, name: str, module: types.ModuleType, context: Context, text: str) -> bool:
        """`helpers.scale(x)`, helpers being the caller's own file: a class stands for the module.

        It has what is used of it; a class's functions are read from it as they are.
        """
        return self._stand_in(name, module, context, attributes_of(text, name))

    def _stand_in(
        self, name: str, module: types.ModuleType, context: Context, used: set[str] | None
    ) -> bool:
        file = SourceFile.load(str(getattr(module, "__file__", None) or ""), vars(module))
        if file is None or used is None:
            raise advice.local_module(name, module, context.user)
        known = self.pieces.all.get(name)
        wanted = used | (known.needs_now if known is not None and known.kind == "value" else set())
        there = Context(file, vars(module), {}, f"{module.__name__}, which {context.user} uses")
        lines = []
        for attribute in sorted(wanted):
            value = vars(module).get(attribute, MISSING)
            if value is MISSING:
                raise SourceError(
                    f"{name}.{attribute}, used by {context.user}, is not in {file.label}"
                )
            if isinstance(value, types.ModuleType) and is_local(value.__name__):
                raise advice.local_module(f"{name}.{attribute}", value, context.user)
            self._resolve(attribute, there, "", now=True)
            lines.append(f"    {attribute} = {attribute}")
        piece = Piece(
            name, "value", ("module", module.__name__), f"{context.user}, as the module {name}",
            [f"class {name}:", *(lines or ["    pass"])], [None] * (1 + max(1, len(lines))),
            self.pieces.rank(file, 0), set(wanted),
        )  # fmt: skip
        self.pieces.all.pop(
            name, None
        ) if known is not None and known.identity == piece.identity else None
        self.pieces.add(piece)
        return True

    def _inner_imports(self, node: ast.stmt, lines: list[str], context: Context) -> list[str]:
        """The lines with imports of the caller's own files, inside bodies, as assignments."""
        written = "\n".join(lines)
        for statement in ast.walk(node):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                pairs = [
                    self._inner_import(item, context, written)
                    for item in imported_names([statement])
                ]
                lines = replaced(lines, first_line(node), statement, pairs)
        return lines

    def _inner_import(self, item: ImportedName, context: Context, text: str) -> tuple[str, str]:
        """A name, and what it is assigned; empty: the import stays."""
        module = absolute(item, context.module)
        if not item.level and not is_local(item.module):
            return item.name, ""
        loaded = None
        with contextlib.suppress(Exception):
            loaded = importlib.import_module(module or "")
        if loaded is None or ("." in item.module and item.plain):
            raise inner_import(item, context)
        taken = f"cloche_{(module or '').replace('.', '_')}"
        if not item.attribute:
            self._stand_in(taken, loaded, context, attributes_of(text, item.name))
            self.pieces.made.add(taken)
            return item.name, taken
        taken = f"{taken}_{item.attribute}"
        value = vars(loaded).get(item.attribute, MISSING)
        if value is MISSING or isinstance(value, types.ModuleType):
            raise inner_import(item, context)
        self._import_source(replace(item, name=taken), loaded, context)
        self.pieces.made.add(taken)
        return item.name, taken

    def _import_source(
        self, item: ImportedName, module: types.ModuleType, context: Context
    ) -> bool:
        """`from helpers import f`, helpers being the caller's own file: takes f from there."""
        file = SourceFile.load(str(getattr(module, "__file__", None) or ""), vars(module))
        if file is None or not item.attribute:
            return False
        user = f"{item.attribute}, which {context.user} imports from {module.__name__}"
        there = Context(file, vars(module), {}, user)
        self._resolve(item.attribute, there, "", now=False)
        piece = self.pieces.all.get(item.attribute)
        if piece is not None and piece.kind == "bound" and item.name != item.attribute:
            raise SourceError(
                f"{item.name!r}, used by {context.user}, holds arrays under another name; import "
                f"it as {item.attribute!r}"
            )
        return self._alias(item.name, item.attribute, context)

    # Definitions

    def _function_value(self, value: object, context: Context) -> str:
        inner = unwrap(value)
        if not isinstance(inner, types.FunctionType):
            raise advice.refusal(str(getattr(value, "__name__", "?")), value, context.user)
        refuse_wrapping(value, inner, f", used by {context.user},")
        return self._function(inner)

    def _function(self, inner: types.FunctionType) -> str:
        """Collects a function by its code; returns the name its definition binds."""
        file = function_file(inner)
        context = Context.of(inner, file)
        if inner.__code__.co_name == "<lambda>":
            if not file.still_holds(inner.__code__):
                raise changed(inner, file)
            statement, node, name = lambda_statement(file, inner.__code__)
            context = context.with_defaults(inner, node)
            if statement is None:
                return self._lambda(node, context)
            return self._statement(statement, name, context)
        made = function_statement(inner, file)
        return self._statement(made, made.name, context.with_defaults(inner, made))

    def _lambda(self, node: ast.Lambda, context: Context) -> str:
        """A lambda that stands inside something else, under a name of its own."""
        name = f"cloche_lambda_{node.lineno}_{node.col_offset}"
        lines, origins = context.file.expression(node)
        first = f"{name} = ("
        lines = [first + lines[0], *lines[1:]]
        lines[-1] += ")"
        origins[0] = replace(origins[0], shift=origins[0].shift - len(first))
        used = _names_used("\n".join(lines), context.user)
        used.later |= used.now
        piece = Piece(
            name, "value", ("lambda", context.file.name, node.lineno, node.col_offset),
            context.file.where(node), lines, list(origins),
            self.pieces.rank(context.file, node.lineno), set(), used.later,
        )  # fmt: skip
        self.pieces.add(piece)
        self._needs(used, context, "\n".join(lines))
        return name

    def _needs(self, used: Names, context: Context, text: str) -> None:
        for wanted in sorted(used.now | used.later):
            if wanted in used.written and context.lookup(wanted)[0] is MISSING:
                continue
            self._resolve(wanted, context, text, now=wanted in used.now)

    def _class(self, value: type, name: str, context: Context) -> bool:
        located = class_statement(value)
        if located is None:
            return False
        there, node = located
        self._statement(node, node.name, there)
        return self._alias(name, node.name, context)

    def _statement(self, node: ast.stmt, name: str, context: Context) -> str:
        """Takes a statement as it stands, then all that it uses."""
        file = context.file
        where = file.where(node)
        if isinstance(node, Definition) and node.name != name:
            raise SourceError(f"{name!r} is defined as {node.name!r} at {where}")
        lines, origins = file.snippet(node)
        lines = self._inner_imports(node, lines, context)
        text = "\n".join(lines)
        used = _names_used(text, context.user)
        place = (file.name, first_line(node))
        held = {n: id(v) for n, v in context.closure.items() if n in used.now | used.later}
        identity = ("statement", place, held)
        known = self.pieces.all.get(name)
        if known is not None and known.identity == identity:
            return name
        if known is not None and isinstance(known.identity, tuple) and place in known.identity:
            raise SourceError(
                f"{where} made two functions or classes called {name!r} that hold different "
                f"values of {', '.join(sorted(held))}; pass what differs as an argument"
            )
        kind: typing.Literal["definition", "value"]
        kind = "definition" if isinstance(node, Definition) else "value"
        self.pieces.add(
            Piece(
                name, kind, identity, where, lines, list(origins),
                self.pieces.rank(file, first_line(node)), used.now, used.later,
            )
        )  # fmt: skip
        self.pieces.note_annotations(used.annotations, file)
        self.changes.note(
            name, text, context, (used.now | used.later) - used.written, first_line(node)
        )
        self._needs(used, context, text)
        return name

    def _alias(self, name: str, target: str, context: Context) -> bool:
        self.pieces.alias(name, target, context)
        return True


def _assignments(
    name: str, context: Context
) -> tuple[SourceFile, list[ast.Assign | ast.AnnAssign]]:
    """The statements that assigned a value of the module, and their file: the newest cell's."""
    if name in context.closure:
        return context.file, []
    for cell in SourceFile.cells() if grew_in_cells(context.module) else ():
        if found := cell.assignments(name):
            return cell, found
    return context.file, context.file.assignments(name)


def _context_of(node: Definition, value: object, context: Context) -> Context:
    """What a module-level definition sees."""
    inner = unwrap(value)
    if (
        isinstance(inner, types.FunctionType)
        and isinstance(node, Function)
        and inner.__code__.co_filename == context.file.name
        and inner.__code__.co_firstlineno == first_line(node)
    ):
        return Context.of(inner, context.file).with_defaults(inner, node)
    return replace(context, closure={}, user=f"{node.name} ({context.file.where(node)})")


def _names_used(text: str, user: str) -> Names:
    try:
        return names_used(text)
    except SyntaxError as error:
        # `nonlocal`: the function around it stays behind, and its variable with it.
        raise SourceError(
            f"{user} does not stand alone ({error.msg}); keep what changes in a list or dict of "
            "its own, or return it"
        ) from None
