"""`match`, lowered to `if` and `elif`.

Python's own class patterns read attributes without asking anyone. Each pattern becomes an
expression over a temporary. What it captures waits in temporaries until all of it fits, as in
CPython; then walrus assignments bind it, so that scoping, `global` and `nonlocal` stay Python's.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .transformer import TechniqueTransformer


class PatternLowering:
    def __init__(self, transformer: TechniqueTransformer) -> None:
        self._transformer = transformer
        self._count = 0
        #: Of the pattern at hand: the temporary that holds what each name captures.
        self._captured: dict[str, str] = {}

    def lower(self, node: ast.Match) -> list[ast.stmt]:
        visit = self._transformer.visit
        subject = self._temporary()
        assign = ast.Assign(targets=[ast.Name(subject, ast.Store())], value=visit(node.subject))
        chain: list[ast.stmt] = []
        for case in reversed(node.cases):
            test = self._whole(case.pattern, subject)
            if case.guard is not None:
                test = ast.BoolOp(ast.And(), [test, visit(case.guard)])
            branch = ast.If(test=test, body=self._transformer.visit_body(case.body), orelse=chain)
            ast.copy_location(branch, case.pattern)
            chain = [branch]
        ast.copy_location(assign, node)
        for statement in (assign, *chain):
            ast.fix_missing_locations(statement)
        return [assign, *chain]

    def _whole(self, pattern: ast.pattern, subject: str) -> ast.expr:
        """`test`, and the pattern's names bound if it is true."""
        self._captured = {}
        parts = [self.test(pattern, subject)]
        for name, kept in self._captured.items():
            value = ast.Name(kept, ast.Load())
            walrus = ast.NamedExpr(ast.Name(name, ast.Store()), value)
            # A one-element tuple is true whatever it holds.
            parts.append(ast.Tuple([walrus], ast.Load()))
        new = _all(parts)
        ast.copy_location(new, pattern)
        return ast.fix_missing_locations(new)

    def test(self, pattern: ast.pattern, subject: str) -> ast.expr:
        """An expression that is true when the temporary named `subject` fits the pattern."""
        new = self._test(pattern, subject)
        ast.copy_location(new, pattern)
        return ast.fix_missing_locations(new)

    def _test(self, pattern: ast.pattern, subject: str) -> ast.expr:
        visit = self._transformer.visit
        value = ast.Name(subject, ast.Load())
        match pattern:
            case ast.MatchValue(value=literal):
                return ast.Compare(value, [ast.Eq()], [visit(literal)])
            case ast.MatchSingleton(value=literal):
                return ast.Compare(value, [ast.Is()], [ast.Constant(literal)])
            case ast.MatchOr(patterns=options):
                return ast.BoolOp(ast.Or(), [self.test(each, subject) for each in options])
            case ast.MatchAs(pattern=inner, name=name):
                tests = [] if inner is None else [self.test(inner, subject)]
                if name is not None:
                    tests.append(self._capture(pattern, name, value))
                return _all(tests)
            case ast.MatchSequence(patterns=parts):
                return self._sequence(parts, value)
            case ast.MatchMapping():
                return self._mapping(pattern, value)
            case ast.MatchClass():
                return self._class(pattern, value)
        self._transformer.not_allowed(pattern)
        return ast.Constant(False)

    def _sequence(self, parts: list[ast.pattern], value: ast.expr) -> ast.expr:
        star = next((i for i, each in enumerate(parts) if isinstance(each, ast.MatchStar)), -1)
        # What no part of the pattern looks at is not read.
        wanted = tuple(i for i, each in enumerate(parts) if not _is_wildcard(each))
        found, bound = self._bind(
            " match_sequence",
            value,
            ast.Constant(len(parts)),
            ast.Constant(star),
            ast.Tuple([ast.Constant(each) for each in wanted], ast.Load()),
        )
        tests = [bound]
        for index, part in enumerate(parts):
            if index not in wanted:
                continue
            if isinstance(part, ast.MatchStar):
                if part.name is not None:
                    tests.append(self._capture(part, part.name, _item(found, index)))
            else:
                tests.append(self._part(part, found, index))
        return _all(tests)

    def _mapping(self, pattern: ast.MatchMapping, value: ast.expr) -> ast.expr:
        keys = [self._transformer.visit(key) for key in pattern.keys]
        # Names among the keys are read only of what is a mapping of that size.
        named = not all(isinstance(key, ast.Constant) for key in keys)
        found, bound = self._bind(
            " match_mapping",
            value,
            ast.Tuple(keys, ast.Load()),
            ast.Constant(pattern.rest is not None),
            ast.Constant(named),
        )
        tests = [bound]
        if named:
            count = ast.Constant(len(keys))
            tests.insert(0, ast.Call(ast.Name(" match_size", ast.Load()), [value, count], []))
        tests += [self._part(each, found, i) for i, each in enumerate(pattern.patterns)]
        if pattern.rest is not None:
            tests.append(self._capture(pattern, pattern.rest, _item(found, len(keys))))
        return _all(tests)

    def _class(self, pattern: ast.MatchClass, value: ast.expr) -> ast.expr:
        for name in pattern.kwd_attrs:
            self._transformer.check_attribute(pattern, name)
        names = [ast.Constant(self._transformer.mangle(name)) for name in pattern.kwd_attrs]
        found, bound = self._bind(
            " match_class",
            value,
            self._transformer.visit(pattern.cls),
            ast.Constant(len(pattern.patterns)),
            ast.Tuple([*names], ast.Load()),
        )
        parts = [*pattern.patterns, *pattern.kwd_patterns]
        return _all([bound, *(self._part(each, found, i) for i, each in enumerate(parts))])

    def _part(self, pattern: ast.pattern, found: str, index: int) -> ast.expr:
        name = self._temporary()
        walrus = ast.NamedExpr(ast.Name(name, ast.Store()), _item(found, index))
        # A one-element tuple is true whatever it holds.
        return _all([ast.Tuple([walrus], ast.Load()), self.test(pattern, name)])

    def _bind(self, guard: str, *args: ast.expr) -> tuple[str, ast.expr]:
        """Calls a guard that answers None or a tuple, and keeps the answer in a temporary."""
        name = self._temporary()
        call = ast.Call(func=ast.Name(guard, ast.Load()), args=list(args), keywords=[])
        walrus = ast.NamedExpr(ast.Name(name, ast.Store()), call)
        return name, ast.Compare(walrus, [ast.IsNot()], [ast.Constant(None)])

    def _capture(self, node: ast.AST, name: str, value: ast.expr) -> ast.expr:
        self._transformer.check_name(node, name)
        # Alternatives capture the same names, in an order of their own.
        kept = self._captured.get(name) or self._temporary()
        self._captured[name] = kept
        walrus = ast.NamedExpr(ast.Name(kept, ast.Store()), value)
        return ast.Tuple([walrus], ast.Load())

    def _temporary(self) -> str:
        self._count += 1
        return f" m{self._count}"


def _is_wildcard(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchStar(name=None) | ast.MatchAs(pattern=None, name=None):
            return True
    return False


def _item(name: str, index: int) -> ast.expr:
    return ast.Subscript(ast.Name(name, ast.Load()), ast.Constant(index), ast.Load())


def _all(tests: list[ast.expr]) -> ast.expr:
    if not tests:
        return ast.Constant(True)
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
