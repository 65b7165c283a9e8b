"""Items.

x[i]          ->  x[i]                                        (i is plain, as the source tells)
              or  x[i] if ` type`(i) in ` leaves` else ` item`(x, i)
                                                          (a sum is kept in a temporary)
x[i] = value  ->  (x if ` type`(x) in ` settable` else ` items`(x))[i] = value   (also del)
              or  (x if ` type`(x) in ` keyed` else ` items`(x))[i] = value
                                                          (i may be a slice with a step; of a
                                                          variable or a sum the type is looked at)
"""

# ruff: noqa: N802

from __future__ import annotations

import ast

from .attributes import AttributeRules
from .nodes import are_small, binds_anything, guard_call, is_chain, load, type_in

#: How many variables of an index are looked at in place.
_LOOKS_MAX = 2
_SUMS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
_SUM = " sum"


def _is_sum(index: ast.expr) -> bool:
    """Whether an index is arithmetic, which most likely ends in a plain number."""
    return isinstance(index, ast.BinOp) and isinstance(index.op, _SUMS)


class ItemRules(AttributeRules):
    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            self.check_namespace_written(node.value)
            if self._may_step(node.slice):
                return self._set_of_any(node)
            node.slice = self.visit(node.slice)
            node.value = self.settable(node.value, " settable")
            return node
        if self.fast and self._is_plain_index(node.slice):
            return self.node_contents_visit(node)
        looks = self._looks(node)
        if not looks and (_is_sum(node.slice) or isinstance(node.slice, ast.Name)):
            return self._item_of_sum(node)
        value, index = self.visit(node.value), self.index(node.slice)
        guarded = guard_call(" item", value, index, at=node)
        if not looks or not are_small((value, index)):
            return guarded
        tests: list[ast.expr] = [type_in(load(each), " leaves") for each in looks]
        test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
        plain = ast.copy_location(ast.Subscript(value, index, ast.Load()), node)
        return ast.copy_location(ast.IfExp(test, plain, guarded), node)

    def _item_of_sum(self, node: ast.Subscript) -> ast.expr:
        index = self.visit(node.slice)
        held = None
        # The index is evaluated while the object is held: it may bind nothing.
        if self.scope.kind == "function" and not self._iterables and not binds_anything(index):
            held = self.held(node.value)
        if held is None:
            return guard_call(" item", self.visit(node.value), index, at=node)
        first, again = held
        kept = ast.NamedExpr(ast.Name(_SUM, ast.Store()), index)
        # The object before the index, as in Python. It is never the wall's own set.
        before = ast.Compare(first, [ast.Is()], [load(" leaves")])
        test = ast.BoolOp(ast.Or(), [before, type_in(kept, " leaves")])
        plain = ast.Subscript(again, load(_SUM), ast.Load())
        guarded = guard_call(" item", again, load(_SUM), at=node)
        return ast.copy_location(ast.IfExp(test, plain, guarded), node)

    def _set_of_any(self, node: ast.Subscript) -> ast.Subscript:
        """Sets an item of what may be a list, by what may be a slice with a step."""
        looks = self._looks(node)
        in_function = self.scope.kind == "function" and not self._iterables
        known = looks or (in_function and _is_sum(node.slice))
        node.slice = self.visit(node.slice)
        # The index is evaluated while the object is held: it may bind nothing.
        held = self.held(node.value) if known and not binds_anything(node.slice) else None
        if held is None:
            node.value = self.settable(node.value, " keyed")
            return node
        first, again = held
        tests: list[ast.expr]
        settable = type_in(again, " settable")
        if looks:
            scalars = [type_in(load(each), " scalars") for each in looks]
            tests = [type_in(first, " keyed"), ast.BoolOp(ast.And(), [*scalars, settable])]
        else:
            new = ast.NamedExpr(ast.Name(_SUM, ast.Store()), node.slice)
            node.slice = load(_SUM)
            # The object before the index, as in Python. It is never the wall's own set.
            before = ast.Compare(first, [ast.Is()], [load(" leaves")])
            scalar = ast.BoolOp(ast.And(), [type_in(new, " scalars"), settable])
            tests = [before, scalar, type_in(again, " keyed")]
        guarded = guard_call(" items", again, at=node)
        node.value = ast.copy_location(ast.IfExp(ast.BoolOp(ast.Or(), tests), again, guarded), node)
        return ast.fix_missing_locations(node)

    def _looks(self, node: ast.Subscript) -> list[str]:
        """Variables to look at: the index is plain if they are. Empty if that settles nothing."""
        # Neither part may bind a variable anew once it was looked at.
        if not self.fast or not is_chain(node.value) or binds_anything(node.slice):
            return []
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        names: list[str] = []
        for part in parts:
            if isinstance(part, ast.Slice):
                return []
            for unknown in self.plain.unknown(part, self._scopes):
                if not isinstance(unknown, ast.Name):
                    return []
                if not self.survey.is_local(unknown.id, self._scopes):
                    return []
                if unknown.id not in names:
                    names.append(unknown.id)
        return names if len(names) <= _LOOKS_MAX else []

    def _is_plain_index(self, node: ast.expr) -> bool:
        """Whether the source alone shows that an index holds no list: most are like this."""
        match node:
            case ast.Slice():
                return True
            case ast.Tuple(elts=parts):
                return all(self._is_plain_index(each) for each in parts)
        return self.is_plain(node)

    def types_for(self, index: ast.expr) -> str:
        """The set of the types whose items may be set at once by such an index."""
        return " keyed" if self._may_step(index) else " settable"

    def _may_step(self, index: ast.expr) -> bool:
        """Whether an index may be a slice with a step; see items.ListItems."""
        if isinstance(index, ast.Slice):
            return index.step is not None
        return not self.is_plain(index)

    def index(self, node: ast.expr) -> ast.expr:
        """An index as a value that can be kept: slices are written as calls."""
        if isinstance(node, ast.Slice):
            parts = [each or ast.Constant(None) for each in (node.lower, node.upper, node.step)]
            return guard_call(" slice", *(self.visit(each) for each in parts), at=node)
        if isinstance(node, ast.Tuple):
            parts = [self.index(each) for each in node.elts]
            return ast.copy_location(ast.Tuple(parts, ast.Load()), node)
        new: ast.expr = self.visit(node)
        return new

    def settable(self, node: ast.expr, types: str) -> ast.expr:
        """The object whose items are set or deleted; `node` is not rewritten yet.

        Args:
            types: the set of those whose items may be set at once.
        """
        held = self.held(node)
        if held is None:
            return guard_call(" items", self.visit(node), at=node)
        first, again = held
        guarded = guard_call(" items", again, at=node)
        chosen = ast.IfExp(type_in(first, types), again, guarded)
        return ast.copy_location(chosen, node)
