"""Which import statement yields a value, and what imports the server could not serve."""

from __future__ import annotations

import ast
import importlib.util
import sys
import types
from collections.abc import Mapping
from typing import Any

from cloche._source.context import MISSING, Context
from cloche._source.files import ImportedName, imported_names
from cloche._source.modules import is_local
from cloche.errors import SourceError


def source_module(
    item: ImportedName, value: object, module: Mapping[str, Any]
) -> types.ModuleType | None:
    """The loaded module that the statement imports from, if it yields exactly `value`."""
    name = _absolute(item, module)
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


def refuse_inner_imports(node: ast.stmt, context: Context) -> None:
    """Raises SourceError for an import of the caller's own file inside a body."""
    nodes = [n for n in ast.walk(node) if isinstance(n, (ast.Import, ast.ImportFrom))]
    for item in imported_names(list(nodes)):
        if item.level or is_local(item.module):
            raise SourceError(
                f"{context.user} imports {'.' * item.level}{item.module} inside its body, a file "
                "the server does not have; move `from ... import name` to the top of the file"
            )


def _absolute(item: ImportedName, module: Mapping[str, Any]) -> str | None:
    if not item.level:
        return item.module
    package = str(module.get("__package__") or "")
    try:
        return importlib.util.resolve_name("." * item.level + item.module, package)
    except ImportError:
        return None
