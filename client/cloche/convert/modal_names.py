"""Find what in a source is Modal's: imports, the app, images, volumes, decorators."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Decorators of methods, by what becomes of the method.
SETUP = frozenset({"enter"})
LEFT_OUT = frozenset({"exit", "build"})
ENTRY = frozenset({"method", "fastapi_endpoint", "web_endpoint", "batched"})
HARMLESS = frozenset({"concurrent"})


class ModalNames:
    """The names at the top level that are Modal's, or made with it."""

    def __init__(self, tree: ast.Module) -> None:
        bound = {name for node in tree.body for name in _bound(node)}
        self._origin: dict[str, str] = {} if "modal" in bound else {"modal": ""}
        # In the source's order: an image is made by modal, an app with the image, and so on.
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._origin.update(
                    (name, origin.rpartition(".")[2])
                    for name, origin in imported(node)
                    if origin.split(".")[0] == "modal"
                )
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and self.mentioned_in(node.value):
                self._origin.update((name, "") for name in _bound(node))

    def mentioned_in(self, node: ast.AST | None) -> bool:
        return node is not None and any(
            isinstance(each, ast.Name) and each.id in self._origin for each in ast.walk(node)
        )

    def role(self, decorator: ast.expr) -> str | None:
        """What Modal calls a decorator ("method", "cls", ...); None: it is not Modal's."""
        inner, last = decorator, ""
        while isinstance(inner, (ast.Call, ast.Attribute)):
            if isinstance(inner, ast.Attribute):
                last = last or inner.attr
                inner = inner.value
            else:
                inner = inner.func
        if not isinstance(inner, ast.Name) or inner.id not in self._origin:
            return None
        return last or self._origin[inner.id]

    def roles(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
        return {role for each in node.decorator_list if (role := self.role(each)) is not None}

    def is_import_block(self, node: ast.stmt) -> bool:
        """Whether this is `with image.imports():`, which imports what only the container has."""
        return (
            isinstance(node, ast.With)
            and len(node.items) == 1
            and isinstance(call := node.items[0].context_expr, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "imports"
            and self.mentioned_in(call)
        )

    def drops(self, node: ast.stmt) -> bool:
        """Whether a statement at the top level is Modal's alone, or only runs the file."""
        if isinstance(node, ast.If):
            return any(
                isinstance(each, ast.Name) and each.id == "__name__" for each in ast.walk(node.test)
            )
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return "local_entrypoint" in self.roles(node)
        if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign)):
            return self.mentioned_in(node.value)
        return False


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yields (bound name, dotted origin) of each name that a statement imports."""
    for alias in node.names:
        if isinstance(node, ast.Import):
            yield alias.asname or alias.name.split(".")[0], alias.name
        elif alias.name != "*" and not node.level:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (name for name, _ in imported(node))
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    else:
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield each.id
