"""Imports, and what they bind for good.

    import a.b as c          ->  c = ` import`("a.b")
    from a import b          ->  b = ` import_from`("a", "b")
    c.name, b(...)           ->  ` of a.b.name`, ` call a.b`(...)

The last only where nothing but that import binds the name. A module's stand-in never changes, so
what it holds is looked up and judged once, before the source runs.
"""

# ruff: noqa: N802

from __future__ import annotations

import ast

from ..tables.modules import IMPORT_HINTS, IMPORTABLE, always_has, has_member, refused_member
from .base import Rules
from .nodes import guard_call


class ImportRules(Rules):
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

    # What imports bind

    def member_of(self, node: ast.expr) -> tuple[str, str] | None:
        """(module, name) if the expression can only mean that member of an imported module."""
        found: tuple[str, str] | None = None
        match node:
            case ast.Name(id=bound):
                found = self._imported(bound)
            case ast.Attribute(value=value, attr=name):
                module = self._module_of(value)
                found = (module, name) if module is not None else None
        return found if found is not None and always_has(*found) else None

    def _module_of(self, node: ast.expr) -> str | None:
        found: str | None = None
        match node:
            case ast.Name(id=bound):
                statement = self.survey.once.get(bound)
                if isinstance(statement, ast.Import):
                    alias = next(each for each in statement.names if _bound(each) == bound)
                    found = alias.name if alias.asname else bound
                    return found if self.survey.is_unique(bound, self.scope) else None
                found = ".".join(self._imported(bound) or ())
            case ast.Attribute(value=value, attr=name):
                found = f"{self._module_of(value)}.{name}"
        return found if found in IMPORTABLE else None

    def _imported(self, bound: str) -> tuple[str, str] | None:
        statement = self.survey.once.get(bound)
        if not isinstance(statement, ast.ImportFrom) or statement.module is None:
            return None
        if not self.survey.is_unique(bound, self.scope):
            return None
        alias = next(each for each in statement.names if _bound(each) == bound)
        return statement.module, alias.name


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
