"""Reading attributes, and calling.

    obj.name         ->  obj.name if ` type`(obj) in ` open name` else ` read`(obj, "name")
    obj.__dict__     ->  ` namespace`(obj)                (a copy of what may be read)
    obj.name(...)    ->  (` method name`[` type`(obj)] or ` unbound`(obj, "name"))(obj, ...)
                     or  ` method`(obj, "name")(...)
    f(...)           ->  ` call`(f)(...)
                     or  (f if f is ` known f` else ` know f`(f))(...)
                                                          (f is bound once, by `def` or `class`)
    len(x)           ->  ` builtin len`(x)                (nothing binds the name)

The fast ways ask a set or a table of the guards' that is keyed by exact type: filled as the guards
decide, emptied whenever a class changes (see `ReadGuard.change`). Between the look into it and the
read nothing else runs, because Python switches threads, collects garbage and calls back only after
calls and jumps; and no other frame can put another object in between (see scopes.py).

A method found in a table is fetched from the class: whatever an object's own dict holds under its
name, what is called is the function that the table names.
"""

# ruff: noqa: N802

from __future__ import annotations

import ast
from typing import Final

from ..names import is_dunder
from ..tables.direct import BUILTIN_METHODS, BUILTINS, TEXT_METHODS, is_direct
from .imports import ImportRules
from .nodes import guard_call, load, table, type_in, type_of

_NAMESPACE: Final = "__dict__"
#: Methods of dicts that would change a copy, where the source means the object.
_WRITING: Final = frozenset({"update", "setdefault", "pop", "popitem", "clear", "__setitem__"})


class AttributeRules(ImportRules):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr == _NAMESPACE and isinstance(node.ctx, ast.Load):
            return guard_call(" namespace", self.visit(node.value), at=node)
        self.check_attribute(node, node.attr)
        name = self.mangle(node.attr)
        if not isinstance(node.ctx, ast.Load):
            target = guard_call(" target", self.visit(node.value), at=node)
            key = ast.copy_location(ast.Constant(name), node)
            return ast.copy_location(ast.Subscript(target, key, node.ctx), node)
        member = self.member_of(node) if self.fast else None
        if member is not None:
            return ast.copy_location(table("of", ".".join(member)), node)
        self.foresee(node)
        return self.read(node.value, name, at=node)

    def check_namespace_written(self, node: ast.expr) -> None:
        """Refuses `obj.__dict__` as a place to write to: it is a copy."""
        if isinstance(node, ast.Attribute) and node.attr == _NAMESPACE:
            self.refuse(
                node,
                "attribute-refused",
                f"writing to '{_NAMESPACE}' refused: it is a copy here",
                "setattr(obj, name, value) for each name, delattr(obj, name)",
            )

    def read(self, value: ast.expr, name: str, at: ast.AST) -> ast.expr:
        """The attribute `name` of `value`, which is not rewritten yet."""
        key = ast.copy_location(ast.Constant(name), at)
        held = None if is_dunder(name) else self.held(value)
        if held is None:
            return guard_call(" read", self.visit(value), key, at=at)
        first, again = held
        fast = ast.IfExp(
            test=type_in(first, table("open", name)),
            body=ast.Attribute(again, name, ast.Load()),
            orelse=guard_call(" read", again, key, at=at),
        )
        for each in (fast, fast.body):
            ast.copy_location(each, at)
        return fast

    def visit_Call(self, node: ast.Call) -> ast.AST:
        args = [self.visit(arg) for arg in node.args]
        keywords = [self.visit(keyword) for keyword in node.keywords]
        func, first = self._callee(node)
        return ast.copy_location(ast.Call(func, [*first, *args], keywords), node)

    def _callee(self, node: ast.Call) -> tuple[ast.expr, list[ast.expr]]:
        """What to call, judged, and what it takes before the source's own arguments."""
        func = node.func
        member = self.member_of(func) if self.fast else None
        if member is not None:
            return ast.copy_location(table("call", ".".join(member)), func), []
        if isinstance(func, ast.Attribute):
            self.check_attribute(func, func.attr)
            if func.attr in _WRITING:
                self.check_namespace_written(func.value)
            self.foresee(func)
            name = self.mangle(func.attr)
            key = ast.copy_location(ast.Constant(name), func)
            tabled = name in self.survey.methods or name in BUILTIN_METHODS
            small = name in TEXT_METHODS
            held = self.held(func.value, small) if tabled and not is_dunder(name) else None
            if held is None:
                return guard_call(" method", self.visit(func.value), key, at=func), []
            first, again = held
            found = ast.Subscript(table("method", name), type_of(first), ast.Load())
            guarded = guard_call(" unbound", again, key, at=func)
            return ast.copy_location(ast.BoolOp(ast.Or(), [found, guarded]), func), [again]
        if isinstance(func, ast.Name):
            return self._named(func, node), []
        return guard_call(" call", self.visit(func), at=func), []

    def _named(self, func: ast.Name, node: ast.Call) -> ast.expr:
        """What a call by name calls. A name that the source settles is not looked up."""
        name = func.id
        callee: ast.expr = self.visit(func)
        if not self.fast:
            return guard_call(" call", callee, at=func)
        if self.survey.is_builtin(name, self.scope):
            if name == "super":
                # Python makes the cell that `super()` asks only where it reads the name.
                return self._compared(func, table("builtin", name), " call")
            if name in BUILTINS:
                callee = ast.copy_location(table("builtin", name), func)
                if is_direct(name, node.args, node.keywords):
                    return callee
        elif self.survey.is_unique(name, self.scope):
            statement = self.survey.once.get(name)
            if name in self.survey.functions or self._is_own_class(statement):
                if statement is None:  # a variable of functions, which their frames alone bind
                    return callee
                return self._compared(func, table("known", name), f" know {name}")
        return guard_call(" call", callee, at=func)

    def _compared(self, func: ast.Name, known: ast.expr, guard: str) -> ast.expr:
        """What the name holds if that is `known`; else the guard is asked."""
        test = ast.Compare(load(func.id), [ast.Is()], [known])
        chosen = ast.IfExp(test, load(func.id), guard_call(guard, load(func.id), at=func))
        return ast.copy_location(chosen, func)

    def _is_own_class(self, statement: ast.stmt | None) -> bool:
        """Whether a statement binds a class of the source, as it was made or as a dataclass."""
        if not isinstance(statement, ast.ClassDef):
            return False
        decorators = [
            each.func if isinstance(each, ast.Call) else each for each in statement.decorator_list
        ]
        return all(self.member_of(each) == ("dataclasses", "dataclass") for each in decorators)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        if node.arg is not None and is_dunder(node.arg):
            self.refuse(node, "name-refused", f"the argument name '{node.arg}' is reserved")
        return self.node_contents_visit(node)
