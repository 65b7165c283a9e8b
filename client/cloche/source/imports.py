"""Find the import that yields a value, and the imports that the server could not serve."""

from __future__ import annotations

import ast
import importlib.util
import sys
import types
from collections.abc import Mapping
from typing import Any

from cloche.contract.errors import SourceError
from cloche.source.context import MISSING, Context
from cloche.source.files import ImportedName
from cloche.source.modules import is_local


def source_module(
    item: ImportedName, value: object, module: Mapping[str, Any]
) -> types.ModuleType | None:
    """The loaded module that the statement imports from, if it yields exactly `value`."""
    name = absolute(item, module)
    loaded = sys.modules.get(name) if name else None
    if name is None or loaded is None:
        return None
    found: object
    if item.attribute:
        found = vars(loaded).get(item.attribute, MISSING)
        if found is MISSING and not is_local(name):
            found = getattr(loaded, item.attribute, MISSING)  # a library that loads late
        if found is MISSING:
            found = sys.modules.get(f"{name}.{item.attribute}", MISSING)
    else:
        found = sys.modules.get(name.partition(".")[0]) if item.plain else loaded
    return loaded if found is value else None


def import_line(module: str, attribute: str, name: str) -> str:
    """The statement that binds `name` to the module, or to an attribute of it."""
    if attribute:
        return f"from {module} import {attribute}" + (f" as {name}" if name != attribute else "")
    return f"import {module}" + (f" as {name}" if name != module else "")


def inner_import(item: ImportedName, context: Context) -> SourceError:
    """The error for an import of the caller's own file, inside a body, that cannot be had."""
    return SourceError(
        f"{context.user} imports {'.' * item.level}{item.module} inside its body, a file the "
        "server does not have; move `from ... import name` to the top of the file"
    )


def replaced(
    lines: list[str],
    first: int,
    statement: ast.Import | ast.ImportFrom,
    pairs: list[tuple[str, str]],
) -> list[str]:
    """The lines with an import as assignments, in as many lines.

    Args:
        first: the number in the file of the first of `lines`.
        pairs: each name and what it is assigned; one with nothing leaves the import as it is.
    """
    kept = [name for name, taken in pairs if not taken]
    if len(kept) == len(pairs):
        return lines
    start, end = statement.lineno - first, (statement.end_lineno or statement.lineno) - first
    made = "; ".join(f"{name} = {taken}" for name, taken in pairs if taken)
    if kept:
        whole = ast.copy_location(ast.parse(ast.unparse(statement)).body[0], statement)
        assert isinstance(whole, (ast.Import, ast.ImportFrom))  # noqa: S101  # of what it was
        whole.names = [
            alias for alias in whole.names if (alias.asname or alias.name.partition(".")[0]) in kept
        ]
        made = f"{ast.unparse(whole)}; {made}"
    head = lines[start]
    before = head[: len(head) - len(head.lstrip())]
    if head.lstrip().partition(" ")[0] not in ("import", "from"):
        before = head[: head.index("import" if isinstance(statement, ast.Import) else "from")]
    return [*lines[:start], before + made, *[""] * (end - start), *lines[end + 1 :]]


def absolute(item: ImportedName, module: Mapping[str, Any]) -> str | None:
    """The full name of the module that an import names."""
    if not item.level:
        return item.module
    package = str(module.get("__package__") or "")
    try:
        return importlib.util.resolve_name("." * item.level + item.module, package)
    except ImportError:
        return None
