"""Imports, and what they bind for good.

What cannot be imported is refused before the call where the call is bound to import it; in a
branch, or where a handler waits for the ImportError, it is refused when it is reached, and where
nothing reads the name it costs nothing.

    import a.b as c          ->  c = ` import`("a.b")
    from a import b          ->  b = ` import_from`("a", "b")
    c.name, b(...)           ->  ` of a.b.name`, ` call a.b`(...)

The last only where nothing but that import binds the name. A module's stand-in never changes, so
what it holds is looked up and judged once, before the source runs.
"""

# ruff: noqa: N802

from __future__ import annotations

import ast

from ..tables.modules import always_has, has_member, import_refusal, is_importable
from .base import Rules
from .nodes import guard_call


class ImportRules(Rules):
    def visit_Import(self, node: ast.Import) -> list[ast.AST]:
        return [self._import(node, alias) for alias in node.names]

    def _import(self, node: ast.Import, alias: ast.alias) -> ast.AST:
        self.check_name(alias, alias.asname)
        root = alias.name.partition(".")[0]
        allowed = is_importable(alias.name) and (alias.asname or is_importable(root))
        if not allowed and self._is_unread(alias.asname or root):
            return ast.copy_location(ast.Pass(), node)
        if not allowed:
            self._refuse_import(alias, alias.name)
        name = alias.name if alias.asname or not allowed else root
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
        if not is_importable(node.module):
            kept = [each for each in node.names if not self._is_unread(each.asname or each.name)]
            if kept:
                self._refuse_import(node, node.module)
            return [self._import_from(node, node.module, alias, known=True) for alias in kept] or [
                ast.copy_location(ast.Pass(), node)
            ]
        return [self._import_from(node, node.module, alias) for alias in node.names]

    def _import_from(
        self, node: ast.ImportFrom, module: str, alias: ast.alias, *, known: bool = False
    ) -> ast.AST:
        """Args: known: that the module cannot be imported is said already."""
        bound = alias.asname or alias.name
        if alias.name == "*":
            self.refuse(node, "import-refused", "'*' imports are refused", "name what you need")
        elif not known and not has_member(module, alias.name):
            if self._is_unread(bound):
                return ast.copy_location(ast.Pass(), node)
            self._refuse_import(alias, f"{module}.{alias.name}")
        self.check_name(alias, bound)
        value = guard_call(" import_from", ast.Constant(module), ast.Constant(alias.name), at=alias)
        target = ast.copy_location(ast.Name(bound, ast.Store()), alias)
        return ast.copy_location(ast.Assign(targets=[target], value=value), node)

    def _refuse_import(self, node: ast.AST, name: str) -> None:
        """Refuses what is bound to be imported; the rest is for when it is reached."""
        if not self.may_not_run:
            self.refuse(node, "import-refused", *import_refusal(name))

    def _is_unread(self, name: str) -> bool:
        return name not in self.survey.read and name != "*"

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
        return found if found is not None and is_importable(found) else None

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
