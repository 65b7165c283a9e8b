"""Every place in the language wall's code where it can say no, found in the code itself.

A rule is one of:

- a refusal: a `raise`, or a call that reports a finding in the source
- a check: a call made for nothing but its refusal, or for what it forgets
- a filter: a call that answers with a safer form of its argument
- a branch: a test that lets something pass, or a predicate's answer
- a reason: one of several for a refusal

A rule is removed by exchanging the piece of code that it is, in a fork, for another. Everything
that runs the code is changed with it, closures that were made before too.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cloche_server.walls.language
from cloche_server.walls.language.rewriting import TechniqueTransformer

#: Functions that report a finding in the source.
REFUSERS = frozenset({"refuse", "refuse_async", "not_allowed", "_refuse_import"})
#: Functions that answer with a safer form of their first argument (or their last, if it is bound).
FILTERS = frozenset(
    {"checked", "checked_name", "private", "_plain_messages", "_text", "_identifier", "hand_out"}
    | {
        "_for_ordinary_names",
        "_without_dunders",
        "_without_traceback",
        "_judging",
        "_judged",
        "clone",
        "_real_classes",
    }
    | {"self.index"}
    | {"_with_ordinary_name", "_with_ordinary_key", "read_of_array", "stand_in", "_of_own_class"}
    | {"_as_own", "owned", "prepared", "description", "_with_strides_of"}
)
#: The visitor of a source is one class in parts: its rules go by the name of the whole.
_WHOLE = TechniqueTransformer.__name__
_PARTS = frozenset(
    each.__name__
    for each in TechniqueTransformer.__mro__
    if each.__module__.startswith(cloche_server.walls.language.__name__)
)
#: Statements that keep books: what they do refuses nothing.
BOOKKEEPING = frozenset(
    {"append", "add", "update", "extend", "sort", "setattr", "delattr", "pop", "adopt", "__init__"}
    | {"copy_location", "fix_missing_locations", "setdefault", "adapts", "update_wrapper"}
    | {"simplefilter", "visit", "import_module", "__setitem__", "write", "report", "delete", "push"}
)
#: Where conditions are rules: the code that decides at run time.
DECIDING = (
    *("guards.", "items", "arrays", "formatting", "adapters."),
    *("rewriting.scopes", "rewriting.plain"),
)
#: Functions that only install others, which are rules of their own; see live.py.
INSTALLING = re.compile(
    r"(_?harden\w*|_replaces|soften_kernels|adapts\.register|LanguageWall\.build)$"
)


@dataclass(frozen=True)
class Site:
    """One rule. `key` names it; `node` is where it stands in its module's source."""

    key: str
    kind: str
    module: str
    node: ast.AST
    #: What is left when the rule is removed, if nothing else is said.
    instead: str


def policy_modules() -> Iterator[types.ModuleType]:
    package = cloche_server.walls.language
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        # These read tables for whoever writes techniques or the tables; no technique meets them.
        if ".tables" not in info.name and not info.name.endswith((".audit", ".explain")):
            yield importlib.import_module(info.name)


def source_tree(module: types.ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def find_sites() -> dict[str, Site]:
    """All rules that are pieces of code, by key."""
    found: list[Site] = []
    for module in policy_modules():
        short = module.__name__.removeprefix(cloche_server.walls.language.__name__ + ".")
        finder = _Finder(module.__name__, short.startswith(DECIDING))
        finder.walk(source_tree(module))
        found += finder.sites
    total = Counter(site.key for site in found)
    seen: Counter[str] = Counter()
    sites: dict[str, Site] = {}
    for site in found:
        key = site.key
        if total[key] > 1:
            seen[key] += 1
            key = f"{key} #{seen[key]}"
        sites[key] = replace(site, key=key)
    return sites


class _Finder:
    def __init__(self, module: str, deciding: bool) -> None:
        self.module = module
        self.deciding = deciding
        self.sites: list[Site] = []

    def walk(self, node: ast.AST, function: tuple[str, ...] = (), inside: str = "") -> None:
        """`inside`: the header of the innermost block that decides whether the node is reached."""
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            name = _WHOLE if node.name in _PARTS else node.name
            for each in node.body:
                self.walk(each, (*function, name), "")
            return
        name = ".".join(function)
        if function and not INSTALLING.match(name):
            self._statement(node, name, inside)
            self._filters(node, name)
        if isinstance(node, ast.If):
            test = ast.unparse(node.test)
            if self.deciding:
                self._conditions(node, name)
            for each in node.body:
                self.walk(each, function, f"if {test}")
            for each in node.orelse:
                self.walk(each, function, f"unless {test}")
            return
        if isinstance(node, ast.match_case):
            inside = f"case {ast.unparse(node.pattern)}"
        elif isinstance(node, ast.ExceptHandler):
            inside = "except" + (f" {ast.unparse(node.type)}" if node.type else "")
        for each in ast.iter_child_nodes(node):
            if isinstance(each, (ast.stmt, ast.match_case, ast.ExceptHandler)):
                self.walk(each, function, inside)

    def _add(
        self, function: str, kind: str, text: str, node: ast.AST, instead: str = "pass"
    ) -> None:
        self.sites.append(Site(f"{function} {text}", kind, self.module, node, instead))

    def _statement(self, node: ast.AST, function: str, inside: str) -> None:
        where = inside or "at last"
        if isinstance(node, ast.Raise) and node.exc is not None:
            self._add(function, "refusal", f"refuses {where}", node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = _called(node.value)
            if called in REFUSERS:
                self._add(function, "refusal", f"refuses {where}", node)
            elif called not in BOOKKEEPING:
                self._add(function, "check", f"calls {ast.unparse(node.value)}", node)
        elif self.deciding and isinstance(node, ast.Return) and isinstance(node.value, _TESTS):
            text = f"answers {ast.unparse(node.value)}"
            self._add(function, "branch", text, node.value, "True")

    def _filters(self, statement: ast.AST, function: str) -> None:
        for _, value in ast.iter_fields(statement):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.expr):
                    self._filters_in(each, function)

    def _filters_in(self, expression: ast.expr, function: str) -> None:
        for each in ast.walk(expression):
            if isinstance(each, ast.Call) and FILTERS & {_called(each), ast.unparse(each.func)}:
                last = each.args[-1] if each.args else each.func.value
                text = f"filters {ast.unparse(each)}"
                self._add(function, "filter", text, each, ast.unparse(last))

    def _conditions(self, node: ast.If, function: str) -> None:
        test = node.test
        if isinstance(node.body[0], ast.Raise):
            # The refusal is a rule itself; so is each reason for it, where there are several.
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
                for each in test.values:
                    self._add(function, "reason", f"refuses {ast.unparse(each)}", each, "False")
        elif not _is_routing(test):
            self._add(function, "branch", f"asks whether {ast.unparse(test)}", test, "True")


_TESTS = (ast.BoolOp, ast.Compare)


def _is_routing(test: ast.expr) -> bool:
    """Which branch a value takes by its type or its place, not whether it may pass."""
    if isinstance(test, (ast.Name, ast.Constant)):
        return True
    return isinstance(test, ast.Compare) and isinstance(
        test.ops[0], (ast.Is, ast.IsNot, ast.GtE, ast.Lt)
    )


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
