"""The policy on syntax: one visitor for each node type; a node without one is refused.

Every read, write and call in a technique is rewritten into a call of a guard. The guards' names
begin with a space, which no source can spell, so nothing a technique binds can shadow one.

    obj.name             ->  ` read`(obj, "name")
    obj.name(...)        ->  ` method`(obj, "name")(...)
    f(...)               ->  ` call`(f)(...)
    obj.name = value     ->  ` write`(value, obj, "name")
    obj.name += value    ->  ` value` = ` read`(obj, "name"); ` value` += value; ` write`(...)
    x += value           ->  if ` type`(x) is ` ndarray`: ` inplace`(x); x += value
    for obj.name in ...  ->  for ` target`(obj)["name"] in ...     (also with, del, unpacking)
    x[i]                 ->  ` item`(x, i)                         (unless i is plain)
    x[i] = value         ->  ` items`(x)[i] = value                (also +=, del, unpacking)
    import a.b as c      ->  c = ` import`("a.b")
    match ...            ->  if ... elif ..., see patterns.py
"""

# ruff: noqa: N802  # ast.NodeVisitor finds visitors by the names of node types

from __future__ import annotations

import ast
from typing import Any

from RestrictedPython.transformer import RestrictingNodeTransformer

from .names import ATTRIBUTE_HINTS, BINDABLE, LOADABLE, READABLE, is_dunder
from .patterns import PatternLowering
from .tables.modules import IMPORT_HINTS, IMPORTABLE, has_member, refused_member

INT_MAX_BITS = 1_000_000


class Finding(str):
    """A refusal on its way through RestrictedPython's list of error strings."""

    code: str
    hint: str
    line: int
    offset: int
    end_line: int
    end_offset: int


def guard_call(guard: str, *args: ast.expr, at: ast.AST) -> ast.Call:
    call = ast.Call(func=ast.Name(guard, ast.Load()), args=list(args), keywords=[])
    ast.copy_location(call, at)
    ast.copy_location(call.func, at)
    for arg in args:
        if not hasattr(arg, "lineno"):
            ast.copy_location(arg, at)
    return call


def _is_plain_index(node: ast.expr) -> bool:
    """Whether the source alone shows that an index holds no list: most indices are like this."""
    match node:
        case ast.Constant() | ast.Slice() | ast.JoinedStr():
            return True
        case ast.UnaryOp(operand=ast.Constant()):
            return True
        case ast.Tuple(elts=parts):
            return all(_is_plain_index(each) for each in parts)
    return False


class TechniqueTransformer(RestrictingNodeTransformer):
    """RestrictedPython's transformer with the visitors that researchers' Python needs."""

    def __init__(self, errors: Any = None, warnings: Any = None, used_names: Any = None) -> None:
        super().__init__(errors, warnings, used_names)
        self._classes: list[str] = []
        self._text_annotations = False
        self._patterns = PatternLowering(self)

    # Refusals

    def refuse(self, node: ast.AST, code: str, message: str, hint: str = "") -> None:
        finding = Finding(message)
        finding.code, finding.hint = code, hint
        finding.line = getattr(node, "lineno", 1)
        finding.offset = getattr(node, "col_offset", 0)
        finding.end_line = getattr(node, "end_lineno", None) or finding.line
        end_offset = getattr(node, "end_col_offset", None)
        finding.end_offset = finding.offset if end_offset is None else end_offset
        self.errors.append(finding)

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

    def visit_TemplateStr(self, node: ast.AST) -> None:
        self.not_allowed(node)

    def visit_Interpolation(self, node: ast.AST) -> None:
        self.not_allowed(node)

    # Attributes, items, calls

    def mangle(self, name: str) -> str:
        """What Python itself does to `__private` names inside a class."""
        if not self._classes or not name.startswith("__") or name.endswith("__"):
            return name
        owner = self._classes[-1].lstrip("_")
        return f"_{owner}{name}" if owner else name

    def check_attribute(self, node: ast.AST, name: str) -> None:
        if is_dunder(name) and name not in READABLE:
            self.refuse(
                node,
                "attribute-refused",
                f"access to '{name}' refused: not on the list of special names",
                ATTRIBUTE_HINTS.get(name, "use the public method or operator that stands for it"),
            )

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.check_attribute(node, node.attr)
        obj = self.visit(node.value)
        name = ast.copy_location(ast.Constant(self.mangle(node.attr)), node)
        if isinstance(node.ctx, ast.Load):
            return guard_call(" read", obj, name, at=node)
        target = guard_call(" target", obj, at=node)
        return ast.copy_location(ast.Subscript(value=target, slice=name, ctx=node.ctx), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        plain = _is_plain_index(node.slice)
        if isinstance(node.ctx, ast.Load) and not plain:
            return guard_call(" item", self.visit(node.value), self._index(node.slice), at=node)
        node = self.node_contents_visit(node)
        if not isinstance(node.ctx, ast.Load):
            node.value = guard_call(" items", node.value, at=node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        func = node.func
        args = [self.visit(arg) for arg in node.args]
        keywords = [self.visit(keyword) for keyword in node.keywords]
        if isinstance(func, ast.Attribute):
            self.check_attribute(func, func.attr)
            obj = self.visit(func.value)
            name = ast.copy_location(ast.Constant(self.mangle(func.attr)), func)
            checked = guard_call(" method", obj, name, at=func)
        else:
            checked = guard_call(" call", self.visit(func), at=func)
        return ast.copy_location(ast.Call(func=checked, args=args, keywords=keywords), node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        if node.arg is not None and is_dunder(node.arg):
            self.refuse(node, "name-refused", f"the argument name '{node.arg}' is reserved")
        return self.node_contents_visit(node)

    # Comprehensions and loops: what they iterate over is guarded where it is used

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        if node.is_async:
            self.refuse_async(node.target)
        return self.node_contents_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        return self.node_contents_visit(node)

    # Assignment

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute):
            return self._write(node, node.targets[0], node.value)
        return self.node_contents_visit(node)

    def _write(self, node: ast.stmt, target: ast.Attribute, value: ast.expr) -> ast.Expr:
        self.check_attribute(target, target.attr)
        # The value comes first, as in Python's own order of evaluation.
        new_value, obj = self.visit(value), self.visit(target.value)
        name = ast.copy_location(ast.Constant(self.mangle(target.attr)), target)
        call = guard_call(" write", new_value, obj, name, at=target)
        return ast.copy_location(ast.Expr(call), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        target = node.target
        if isinstance(target, ast.Name):
            self.visit(target)
            node.value = self.visit(node.value)
            return [self._check_in_place(target.id, target), node]
        # The object once, the index once, then the old value, the new one, the write.

        def load(temporary: str) -> ast.Name:
            return ast.copy_location(ast.Name(temporary, ast.Load()), target)

        def store(temporary: str, value: ast.expr) -> ast.Assign:
            place = ast.copy_location(ast.Name(temporary, ast.Store()), target)
            return ast.Assign(targets=[place], value=value)

        nothing = ast.copy_location(ast.Constant(None), target)
        lowered: list[ast.stmt] = []
        if isinstance(target, ast.Attribute):
            self.check_attribute(target, target.attr)
            name = ast.Constant(self.mangle(target.attr))
            lowered.append(store(" obj", self.visit(target.value)))
            old: ast.expr = guard_call(" read", load(" obj"), name, at=target)
            write: ast.stmt = ast.Expr(
                guard_call(" write", load(" value"), load(" obj"), name, at=target)
            )
        else:
            items = guard_call(" items", self.visit(target.value), at=target)
            lowered.append(store(" obj", items))
            lowered.append(store(" key", self._index(target.slice)))
            old = ast.Subscript(load(" obj"), load(" key"), ast.Load())
            place = ast.Subscript(load(" obj"), load(" key"), ast.Store())
            for each in (old, place):
                ast.copy_location(each, target)
            write = ast.Assign(targets=[place], value=load(" value"))
        value = ast.copy_location(ast.Name(" value", ast.Store()), target)
        lowered += [
            store(" value", old),
            self._check_in_place(" value", target),
            ast.AugAssign(target=value, op=node.op, value=self.visit(node.value)),
            write,
            store(" obj", nothing),
            store(" value", nothing),
        ]
        for statement in lowered:
            ast.copy_location(statement, node)
            ast.fix_missing_locations(statement)
        return lowered

    def _check_in_place(self, name: str, at: ast.AST) -> ast.If:
        """Nothing works in place on an array of Python objects; see arrays.py."""

        def load(name: str) -> ast.Name:
            return ast.Name(name, ast.Load())

        kind = ast.Call(func=load(" type"), args=[load(name)], keywords=[])
        check = ast.Expr(ast.Call(func=load(" inplace"), args=[load(name)], keywords=[]))
        test = ast.Compare(kind, [ast.Is()], [load(" ndarray")])
        lowered = ast.copy_location(ast.If(test=test, body=[check], orelse=[]), at)
        return ast.fix_missing_locations(lowered)

    def _index(self, node: ast.expr) -> ast.expr:
        """An index as a value that can be kept: slices are written as calls."""
        if isinstance(node, ast.Slice):
            parts = [each or ast.Constant(None) for each in (node.lower, node.upper, node.step)]
            return guard_call(" slice", *(self.visit(each) for each in parts), at=node)
        if isinstance(node, ast.Tuple):
            parts = [self._index(each) for each in node.elts]
            return ast.copy_location(ast.Tuple(parts, ast.Load()), node)
        new: ast.expr = self.visit(node)
        return new

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if isinstance(node.target, ast.Name):
            self.visit(node.target)
            node.annotation = self.annotation(node.annotation)
            if node.value is not None:
                node.value = self.visit(node.value)
            return node
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        if isinstance(node.target, ast.Attribute):
            return self._write(node, node.target, node.value)
        plain = ast.Assign(targets=[node.target], value=node.value)
        return self.visit_Assign(ast.copy_location(plain, node))

    def annotation(self, node: ast.expr) -> ast.expr:
        if self._text_annotations:
            # Under the `annotations` future Python keeps the text and evaluates nothing.
            return ast.copy_location(ast.Constant(ast.unparse(node)), node)
        new: ast.expr = self.visit(node)
        return new

    # Imports

    def visit_Import(self, node: ast.Import) -> list[ast.AST]:
        return [self._import(node, alias) for alias in node.names]

    def _import(self, node: ast.Import, alias: ast.alias) -> ast.AST:
        self.check_name(alias, alias.asname)
        root = alias.name.partition(".")[0]
        if alias.name not in IMPORTABLE or (not alias.asname and root not in IMPORTABLE):
            self._refuse_import(alias, alias.name)
        name = alias.name if alias.asname else root
        value = guard_call(" import", ast.Constant(name), at=alias)
        target = ast.copy_location(ast.Name(alias.asname or root, ast.Store()), alias)
        return ast.copy_location(ast.Assign(targets=[target], value=value), node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.AST]:
        if node.level or node.module is None:
            self.refuse(
                node,
                "import-refused",
                "relative import refused: a technique is one file",
                "write the helper into the technique",
            )
            return []
        if node.module == "__future__":
            for alias in node.names:
                if alias.name != "annotations":
                    self._refuse_import(alias, f"__future__.{alias.name}")
            return []
        if node.module not in IMPORTABLE:
            self._refuse_import(node, node.module)
            return []
        return [self._import_from(node, node.module, alias) for alias in node.names]

    def _import_from(self, node: ast.ImportFrom, module: str, alias: ast.alias) -> ast.AST:
        bound = alias.asname or alias.name
        if alias.name == "*":
            self.refuse(node, "import-refused", "'*' imports are refused", "name what you need")
        elif not has_member(module, alias.name):
            self._refuse_import(alias, f"{module}.{alias.name}")
        else:
            self.check_name(alias, bound)
        value = guard_call(" import_from", ast.Constant(module), ast.Constant(alias.name), at=alias)
        target = ast.copy_location(ast.Name(bound, ast.Store()), alias)
        return ast.copy_location(ast.Assign(targets=[target], value=value), node)

    def _refuse_import(self, node: ast.AST, name: str) -> None:
        root = name.partition(".")[0]
        what = "not an allowed module" if root not in IMPORTABLE else "not on the module's list"
        hint = IMPORT_HINTS.get(name) or IMPORT_HINTS.get(root)
        module, _, member = name.rpartition(".")
        if (row := refused_member(module, member)) is not None:
            what, hint = row.why, IMPORT_HINTS.get(name) or row.instead or hint
        self.refuse(
            node,
            "import-refused",
            f"import of '{name}' refused: {what}",
            hint or "compute it from what is allowed, or pass the data as an argument",
        )

    # Functions and classes

    def _visit_parameters(self, args: ast.arguments) -> None:
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None:
                self.check_name(arg, arg.arg)
                if arg.annotation is not None:
                    arg.annotation = self.annotation(arg.annotation)
        args.defaults = [self.visit(each) for each in args.defaults]
        args.kw_defaults = [each and self.visit(each) for each in args.kw_defaults]

    def _visit_decorators(self, decorators: list[ast.expr]) -> list[ast.expr]:
        # Applying a decorator is a call.
        return [guard_call(" call", self.visit(each), at=each) for each in decorators]

    def _refuse_type_params(self, node: ast.AST) -> None:
        if getattr(node, "type_params", None):
            self.refuse(
                node,
                "syntax-refused",
                "type parameters in brackets are refused",
                "use typing.TypeVar and typing.Generic",
            )

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.check_name(node, node.name)
        self._refuse_type_params(node)
        node.decorator_list = self._visit_decorators(node.decorator_list)
        self._visit_parameters(node.args)
        if node.returns is not None:
            node.returns = self.annotation(node.returns)
        node.body = self.visit_body(node.body)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._visit_parameters(node.args)
        node.body = self.visit(node.body)
        return node

    def visit_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        new: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            if isinstance(result, list):
                new.extend(result)
            elif result is not None:
                new.append(result)
        if not new:
            new.append(ast.copy_location(ast.Pass(), body[0]) if body else ast.Pass())
        return new

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # ` classes` stands in for `__build_class__`, which Python looks up by itself.
        self.check_name(node, node.name)
        self._refuse_type_params(node)
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg == "metaclass":
                self.refuse(
                    node,
                    "class-refused",
                    "a class may not choose its metaclass",
                    "__init_subclass__ or a class decorator does most of what metaclasses do",
                )
        node.decorator_list = self._visit_decorators(node.decorator_list)
        node.bases = [self.visit(each) for each in node.bases]
        node.keywords = [self.visit(each) for each in node.keywords]
        self._classes.append(node.name)
        node.body = self.visit_body(node.body)
        self._classes.pop()
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self._text_annotations = any(
            isinstance(each, ast.ImportFrom) and each.module == "__future__" for each in node.body
        )
        node.body = self.visit_body(node.body)
        return node

    # Statements that RestrictedPython refuses or bends

    def visit_Global(self, node: ast.Global) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_With(self, node: ast.With) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    def visit_TryStar(self, node: ast.AST) -> None:
        self.refuse(
            node, "syntax-refused", "except* is refused", "catch the exceptions with except"
        )

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        return self.node_contents_visit(node)

    def visit_Match(self, node: ast.Match) -> list[ast.stmt]:
        return self._patterns.lower(node)

    # Refused

    def refuse_async(self, node: ast.AST) -> None:
        self.refuse(
            node,
            "async-refused",
            "async code is refused: a technique runs alone, without an event loop",
            "write a plain function; use a generator where values should come one by one",
        )

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.refuse_async(node)

    def visit_Await(self, node: ast.Await) -> None:
        self.refuse_async(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.refuse_async(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> None:
        self.refuse_async(node)

    def visit_TypeAlias(self, node: ast.AST) -> None:
        self.refuse(
            node, "syntax-refused", "type statements are refused", "write `Name = ...` instead"
        )

    def visit_Interactive(self, node: ast.Interactive) -> None:
        self.not_allowed(node)

    def visit_Expression(self, node: ast.Expression) -> None:
        self.not_allowed(node)
