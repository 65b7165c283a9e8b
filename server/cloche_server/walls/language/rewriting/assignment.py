"""Assignment to attributes, and augmented assignment.

obj.name = value   ->  if ` type`(obj) in ` sets name`: obj.name = value
                       else: ` write`(value, obj, "name")
obj.name += value  ->  ` value` = obj.name; ` value` += value; obj.name = ` value`, each guarded
x += value         ->  if ` type`(x) is ` ndarray`: ` inplace`(x)
                       x += value                       (the look is left out if x is plain;
                                                         unless x is steady, ` value` stands for it)
for obj.name in .. ->  for ` target`(obj)["name"] in ..        (also with, del, unpacking)
"""

# ruff: noqa: N802

from __future__ import annotations

import ast

from .items import ItemRules
from .nodes import binds_anything, guard_call, is_atom, load, store, table, type_in, type_of

_OBJECT, _KEY, _VALUE = " obj", " key", " value"


class AssignmentRules(ItemRules):
    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Attribute):
            return self._write(node, node.targets[0], node.value)
        return self.node_contents_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | list[ast.stmt] | None:
        if isinstance(node.target, ast.Name):
            self.visit(node.target)
            node.annotation = self.annotation(node.annotation)
            if node.value is not None:
                node.value = self.visit(node.value)
            return node
        if node.value is None:
            # Python evaluates whose attribute or item it would be.
            parts = [node.target.value]
            if isinstance(node.target, ast.Subscript):
                parts.append(node.target.slice)
            return [ast.copy_location(ast.Expr(self.index(each)), node) for each in parts]
        if isinstance(node.target, ast.Attribute):
            return self._write(node, node.target, node.value)
        plain = ast.Assign(targets=[node.target], value=node.value)
        return self.visit_Assign(ast.copy_location(plain, node))

    def _write(self, node: ast.stmt, target: ast.Attribute, value: ast.expr) -> list[ast.stmt]:
        self.check_attribute(target, target.attr)
        # The value comes first, as in Python's own order of evaluation.
        simple = is_atom(value)
        value = self.visit(value)
        held = self.held(target.value)
        name = self.mangle(target.attr)
        if held is None:
            key = ast.copy_location(ast.Constant(name), target)
            call = guard_call(" write", value, self.visit(target.value), key, at=target)
            return [ast.copy_location(ast.Expr(call), node)]
        lowered: list[ast.stmt] = []
        if not simple:
            # Evaluated before the look: it may change the class, or bind the variable anew.
            lowered.append(store(_VALUE, value))
            value = load(_VALUE)
        lowered.append(self._store(*held, name, value, target))
        if not simple:
            lowered.append(store(_VALUE, ast.Constant(None)))
        return _placed(lowered, node)

    def _store(
        self, first: ast.expr, again: ast.expr, name: str, value: ast.expr, at: ast.AST
    ) -> ast.stmt:
        place = ast.Attribute(again, name, ast.Store())
        call = guard_call(" write", value, again, ast.Constant(name), at=at)
        test = type_in(first, table("sets", name))
        fast = ast.If(test, [ast.Assign(targets=[place], value=value)], [ast.Expr(call)])
        return ast.fix_missing_locations(ast.copy_location(fast, at))

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        target = node.target
        if isinstance(target, ast.Name):
            self.visit(target)
            node.value = self.visit(node.value)
            if self.is_plain(ast.copy_location(load(target.id), target)):
                return [node]
            if self.fast and self.survey.is_steady(target.id, self._scopes):
                return [self._check_in_place(target.id, target), node]
            # Another frame may bind the variable after the look: what is looked at is kept.
            lowered = [
                store(_VALUE, load(target.id)),
                self._check_in_place(_VALUE, target),
                ast.AugAssign(ast.Name(_VALUE, ast.Store()), node.op, node.value),
                store(target.id, load(_VALUE)),
                store(_VALUE, ast.Constant(None)),
            ]
            return _placed(lowered, node)
        # The object once, the index once, then the old value, the new one, the write.
        if isinstance(target, ast.Attribute):
            self.check_attribute(target, target.attr)
            lowered, old, write = self._attribute_parts(target, node.value)
        elif self.fast and self.scope.kind == "function":
            lowered, old, write = self._item_parts(target)
        else:
            lowered, old, write = self._item_parts_in_view(target)
        place = ast.copy_location(ast.Name(_VALUE, ast.Store()), target)
        lowered += [
            store(_VALUE, old),
            self._check_in_place(_VALUE, target),
            ast.AugAssign(target=place, op=node.op, value=self.visit(node.value)),
            write,
            *([store(_OBJECT, ast.Constant(None))] if lowered else []),
            store(_VALUE, ast.Constant(None)),
        ]
        return _placed(lowered, node)

    def _attribute_parts(
        self, target: ast.Attribute, value: ast.expr
    ) -> tuple[list[ast.stmt], ast.expr, ast.stmt]:
        name = self.mangle(target.attr)
        obj = target.value
        # A value that binds the variable anew must not change whose attribute is set.
        steady = isinstance(obj, ast.Name) and not binds_anything(value)
        held = self.held(obj) if steady else None
        if held is not None:
            old = self.read(obj, name, at=target)
            return [], old, self._store(*held, name, load(_VALUE), target)
        key = ast.Constant(name)
        first: ast.stmt = store(_OBJECT, self.visit(obj))
        old = guard_call(" read", load(_OBJECT), key, at=target)
        call: ast.stmt = ast.Expr(guard_call(" write", load(_VALUE), load(_OBJECT), key, at=target))
        if self.fast and self.scope.kind == "function":
            place = ast.Attribute(load(_OBJECT), name, ast.Load())
            old = ast.IfExp(type_in(load(_OBJECT), table("open", name)), place, old)
            call = self._store(load(_OBJECT), load(_OBJECT), name, load(_VALUE), target)
        return [first], old, call

    def _item_parts(self, target: ast.Subscript) -> tuple[list[ast.stmt], ast.expr, ast.stmt]:
        lowered: list[ast.stmt] = [
            store(_OBJECT, self.settable(target.value, self.types_for(target.slice))),
            store(_KEY, self.index(target.slice)),
        ]
        old = ast.Subscript(load(_OBJECT), load(_KEY), ast.Load())
        place = ast.Subscript(load(_OBJECT), load(_KEY), ast.Store())
        return lowered, old, ast.Assign(targets=[place], value=load(_VALUE))

    def _item_parts_in_view(
        self, target: ast.Subscript
    ) -> tuple[list[ast.stmt], ast.expr, ast.stmt]:
        """The same where the temporaries are variables of a module or class: looked at anew."""
        lowered: list[ast.stmt] = [
            store(_OBJECT, self.visit(target.value)),
            store(_KEY, self.index(target.slice)),
        ]
        old = guard_call(" item", load(_OBJECT), load(_KEY), at=target)
        items = guard_call(" items", load(_OBJECT), at=target)
        place = ast.Subscript(items, load(_KEY), ast.Store())
        return lowered, old, ast.Assign(targets=[place], value=load(_VALUE))

    def _check_in_place(self, name: str, at: ast.AST) -> ast.If:
        """Nothing works in place on an array of Python objects; see arrays.py."""
        check = ast.Expr(ast.Call(func=load(" inplace"), args=[load(name)], keywords=[]))
        test = ast.Compare(type_of(load(name)), [ast.Is()], [load(" ndarray")])
        lowered = ast.copy_location(ast.If(test=test, body=[check], orelse=[]), at)
        return ast.fix_missing_locations(lowered)


def _placed(statements: list[ast.stmt], node: ast.stmt) -> list[ast.stmt]:
    for each in statements:
        ast.copy_location(each, node)
        ast.fix_missing_locations(each)
    return statements
