"""Which variables a source binds, and where: read before anything is rewritten.

Rewritten code may look at a variable twice: once at the type of what it holds, once to use it. That
is sound only if nothing else can bind the variable in between. Code does run in between at times (a
generator's `finally` when garbage is collected, a hook in another thread of a backward pass), so a
variable counts as *steady* in a scope only if no code but that scope's own frame can bind it.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from .nodes import runs_file
from .program import idle_functions


@dataclass(frozen=True)
class LoopCounter:
    """What `range` yields, or the first of what `enumerate` yields."""

    function: str


#: What a variable may hold, as far as the source tells; None for anything.
Source = ast.expr | LoopCounter | None
_BUILTIN_NAMES: Final = frozenset(dir(builtins))


#: A generator expression is no comprehension: its frame runs whenever somebody asks for more.
Kind = Literal["module", "class", "function", "generator", "comprehension"]


@dataclass
class Scope:
    """Variables that the frames of one function, comprehension, class body or module hold."""

    kind: Kind
    sources: dict[str, list[Source]] = field(default_factory=dict)
    #: What imports bind here: `a.b` for the module or the member `b` of `a`.
    imports: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Survey:
    """The scopes of a source by the id of their node, and what holds for names in all of it."""

    scopes: dict[int, Scope] = field(default_factory=dict)
    #: How often each name is bound, outside of class bodies.
    bindings: Counter[str] = field(default_factory=Counter)
    #: Names under `global` or `nonlocal`, and names that a comprehension binds around itself.
    shared: set[str] = field(default_factory=set)
    #: Names bound once and for all, by a statement of the module's top level.
    once: dict[str, ast.stmt] = field(default_factory=dict)
    #: Names bound by one undecorated `def` and nothing else, wherever it stands.
    functions: set[str] = field(default_factory=set)
    #: Names that something reads, other than a function that nothing calls.
    read: set[str] = field(default_factory=set)
    #: Functions of the top level that nothing calls; see program.py.
    idle: frozenset[str] = frozenset()
    #: Names of methods that classes of the source define.
    methods: set[str] = field(default_factory=set)
    #: Names of attributes that `hasattr` or `getattr` asks for somewhere.
    asked: set[str] = field(default_factory=set)
    #: Whether something imports names that it does not say.
    imports_all: bool = False

    def is_steady(self, name: str, scopes: list[Scope]) -> bool:
        """Whether no frame but the running one can bind the name, read in the last of `scopes`."""
        # Inside a class Python renames what begins with two underscores, so one variable could
        # go by two names.
        if self.is_local(name, scopes):
            return True
        if name in self.shared or "__" in name or name not in self.once:
            return False
        return scopes[-1].kind != "class"

    def is_local(self, name: str, scopes: list[Scope]) -> bool:
        """Whether the name is steady, and none that stands in a dict of variables.

        Nothing but a frame's own code reaches its fast variables. Where code of the technique may
        run between a look and the use, this is asked.
        """
        if name in self.shared or "__" in name:
            return False
        for scope in reversed(scopes):
            if scope.kind not in ("function", "generator", "comprehension"):
                return False
            if name in scope.sources:
                return True
            if scope.kind != "comprehension":
                return False
            # A list's comprehension runs to its end while the frame around it stands still.
        return False

    def is_builtin(self, name: str, scope: Scope) -> bool:
        """Whether the name can only mean what the wall's builtins say."""
        return scope.kind != "class" and name not in self.bindings and name not in self.shared

    def is_unique(self, name: str, scope: Scope) -> bool:
        """Whether a load of the name in `scope` can only mean its one binding."""
        return (
            scope.kind != "class"
            and self.bindings[name] == 1
            and name not in self.shared
            and "__" not in name
            # Before it is bound, the name would mean the builtin.
            and name not in _BUILTIN_NAMES
        )


def survey(tree: ast.Module) -> Survey:
    surveyor = _Surveyor()
    surveyor.survey.idle = idle_functions(tree)
    surveyor.scope(tree, "module", tree.body)
    found = surveyor.survey
    for statement in tree.body:
        for name in _bound_by(statement):
            if found.is_unique(name, found.scopes[id(tree)]):
                found.once[name] = statement
    found.functions = {
        name
        for name in surveyor.defined
        if found.is_unique(name, found.scopes[id(tree)]) and not surveyor.defined[name]
    }
    return found


def _bound_by(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]):
            return [name]
        case ast.Import() | ast.ImportFrom():
            return [_bound_by_alias(each) for each in statement.names]
    return []


def _bound_by_alias(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


class _Surveyor(ast.NodeVisitor):
    def __init__(self) -> None:
        self.survey = Survey()
        #: Names of functions, and whether the last of that name is decorated.
        self.defined: dict[str, bool] = {}
        self._stack: list[Scope] = []
        self._in_idle = False

    def scope(
        self,
        node: ast.AST,
        kind: Kind,
        body: list[ast.stmt] | list[ast.expr],
        args: ast.arguments | None = None,
    ) -> None:
        scope = self.survey.scopes[id(node)] = Scope(kind)
        self._stack.append(scope)
        if args is not None:
            for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
                if arg is not None:
                    self._bind(arg.arg)  # to anything
        for each in body:
            self.visit(each)
        self._stack.pop()

    def _bind(self, name: str, source: Source = None) -> None:
        scope = self._stack[-1]
        scope.sources.setdefault(name, []).append(source)
        if scope.kind != "class":
            self.survey.bindings[name] += 1

    def _bind_target(self, target: ast.expr, source: Source) -> None:
        match target, source:
            case ast.Name(id=name), _:
                self._bind(name, source)
            case ((ast.Tuple(elts=parts) | ast.List(elts=parts)), ast.Tuple(elts=values)):
                starred = any(isinstance(each, ast.Starred) for each in (*parts, *values))
                if starred or len(parts) != len(values):
                    values = [None] * len(parts)  # type: ignore[list-item]
                for part, value in zip(parts, values, strict=True):
                    self._bind_target(part, value)
            case ((ast.Tuple(elts=parts) | ast.List(elts=parts)), _):
                for part in parts:
                    self._bind_target(part, None)
            case _:
                self.visit(target)

    # Bindings

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id)
        elif not self._in_idle:
            self.survey.read.add(node.id)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        # What only runs the file as a program is left out of the technique.
        for each in (*(() if runs_file(node.test) else node.body), *node.orelse):
            self.visit(each)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._bind_target(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        self._bind_target(node.target, node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._bind_target(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        if self._stack[-1].kind not in ("comprehension", "generator"):
            self._bind_target(node.target, node.value)
            return
        # Bound around the comprehension, by a frame of its own.
        self.survey.shared.add(node.target.id)
        self.survey.bindings[node.target.id] += 1

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self._bind_loop(node.target, node.iter)
        for each in (*node.body, *node.orelse):
            self.visit(each)

    def _bind_loop(self, target: ast.expr, iterable: ast.expr | None) -> None:
        source: Source = None
        match target, iterable:
            case ast.Name(), ast.Call(func=ast.Name("range")):
                source = LoopCounter("range")
            case ast.Tuple(elts=[ast.Name(first), rest]), ast.Call(func=ast.Name("enumerate")):
                self._bind(first, LoopCounter("enumerate"))
                target = rest
        self._bind_target(target, source)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name is not None:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._import(alias, alias.name if alias.asname else _bound_by_alias(alias))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.survey.imports_all |= alias.name == "*"
            self._import(alias, f"{node.module or ''}.{alias.name}")

    def _import(self, alias: ast.alias, what: str) -> None:
        bound = _bound_by_alias(alias)
        self._bind(bound)
        self._stack[-1].imports.setdefault(bound, []).append(what)

    def visit_Call(self, node: ast.Call) -> None:
        match node:
            case ast.Call(
                func=ast.Name("hasattr" | "getattr"), args=[_, ast.Constant(str(name)), *_]
            ):
                self.survey.asked.add(name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name is not None:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name is not None:
            self._bind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest is not None:
            self._bind(node.rest)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.survey.shared.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.visit_Global(node)

    # Scopes

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name)
        before = self._in_idle
        at_top = self._stack[-1].kind == "module"
        self._in_idle = before or (at_top and node.name in self.survey.idle)
        if self._stack[-1].kind == "class":
            self.survey.methods.add(node.name)
        else:
            self.defined[node.name] = bool(node.decorator_list)
        for each in (*node.decorator_list, *([node.returns] if node.returns else [])):
            self.visit(each)
        self._visit_arguments(node.args)
        self.scope(node, "function", node.body, node.args)
        self._in_idle = before

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_arguments(node.args)
        self.scope(node, "function", [node.body], node.args)

    def _visit_arguments(self, args: ast.arguments) -> None:
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None and arg.annotation is not None:
                self.visit(arg.annotation)
        for default in (*args.defaults, *args.kw_defaults):
            if default is not None:
                self.visit(default)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        for each in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(each)
        self.scope(node, "class", node.body)

    def _comprehension(
        self, node: ast.AST, first: ast.comprehension, parts: list[ast.expr]
    ) -> None:
        # What the first `for` goes over is evaluated outside.
        self.visit(first.iter)
        outside = self._stack[-1]
        kind: Kind = "generator" if isinstance(node, ast.GeneratorExp) else "comprehension"
        self.scope(node, kind, [])
        self._stack.append(self.survey.scopes[id(node)])
        for generator in node.generators:  # type: ignore[attr-defined]
            if generator is not first:
                self.visit(generator.iter)
            # In a class body `range` may be the class's own; nothing else in here sees that.
            known = generator is not first or outside.kind != "class"
            self._bind_loop(generator.target, generator.iter if known else None)
            for each in generator.ifs:
                self.visit(each)
        for each in parts:
            self.visit(each)
        self._stack.pop()

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._comprehension(node, node.generators[0], [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self.visit_ListComp(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self.visit_ListComp(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, node.generators[0], [node.key, node.value])
