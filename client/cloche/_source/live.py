"""What a live function or class tells of where it came from and what it holds."""

from __future__ import annotations

import ast
import functools
import importlib.util
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from cloche._source.files import Definition, Function, ImportedName, SourceFile
from cloche.errors import SourceError


def plain_function(function: object) -> types.FunctionType:
    """The plain function inside `function`, or the reason why it cannot be a technique."""
    what = getattr(function, "__qualname__", None) or type(function).__name__
    if isinstance(function, types.MethodType):
        raise SourceError(
            f"{what} is bound to an object, which cannot be sent; write it as a function "
            "that takes (model, tokenizer, ...)"
        )
    if isinstance(function, functools.partial):
        raise SourceError(
            "a functools.partial cannot be sent; send the function and pass its arguments to run()"
        )
    inner = inspect.unwrap(function) if callable(function) else function
    if not isinstance(inner, types.FunctionType):
        kind = "a class" if isinstance(function, type) else f"a {type(function).__name__}"
        raise SourceError(
            f"a technique is a function, source as str, a pathlib.Path or a cloche.Technique; "
            f"{what} is {kind}"
        )
    if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
        raise SourceError(f"{what} is async; a technique is a plain function: use `def`")
    if inspect.isgeneratorfunction(inner):
        raise SourceError(
            f"{what} is a generator, whose values would stay on the server; collect them in a list "
            "and return it"
        )
    return inner


def lambda_statement(file: SourceFile, code: types.CodeType) -> tuple[ast.Assign, str]:
    """The statement `name = lambda ...` that a lambda comes from, and the name."""
    found = file.lambdas_of(code)
    parents = [parent for _, parent in found]
    if len(found) == 1 and isinstance(parents[0], ast.Assign):
        statement = parents[0]
        target = statement.targets[0]
        if len(statement.targets) == 1 and isinstance(target, ast.Name):
            return statement, target.id
    raise SourceError(
        f"the lambda at {file.label}:{code.co_firstlineno} cannot be told from the code around "
        "it; give it "
        "a name with def"
    )


def absolute_module(item: ImportedName, module: Mapping[str, Any]) -> str | None:
    if not item.level:
        return item.module
    package = str(module.get("__package__") or "")
    try:
        return importlib.util.resolve_name("." * item.level + item.module, package)
    except ImportError:
        return None


def import_line(module: str, attribute: str, name: str) -> str:
    if attribute:
        return f"from {module} import {attribute}" + (f" as {name}" if name != attribute else "")
    return f"import {module}" + (f" as {name}" if name != module else "")


def closure_of(function: types.FunctionType) -> dict[str, object]:
    closure: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            closure[name] = cell.cell_contents
        except ValueError:
            continue  # not assigned yet: reported as undefined if the source needs it
    return closure


def default_values(function: types.FunctionType, node: Function) -> dict[str, object]:
    """`def inner(x=size)`: what `size` was when the definition ran; no closure holds it."""
    held = function.__defaults__ or ()
    pairs = list(zip(reversed(node.args.defaults), reversed(held), strict=False))
    keywords = function.__kwdefaults__ or {}
    for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if default is not None and argument.arg in keywords:
            pairs.append((default, keywords[argument.arg]))
    return {written.id: value for written, value in pairs if isinstance(written, ast.Name)}


def methods_of(value: type) -> list[types.FunctionType]:
    found: list[types.FunctionType] = []
    for member in vars(value).values():
        parts: list[Callable[..., object] | None] = [member]
        if isinstance(member, (staticmethod, classmethod)):
            parts = [member.__func__]
        elif isinstance(member, property):
            parts = [member.fget, member.fset, member.fdel]
        for part in parts:
            inner = inspect.unwrap(part) if callable(part) else None
            if isinstance(inner, types.FunctionType) and inner.__module__ == value.__module__:
                found.append(inner)
    return found


def class_closure(value: type) -> dict[str, object]:
    closure: dict[str, object] = {}
    for method in methods_of(value):
        closure.update(closure_of(method))
    closure.pop("__class__", None)
    return closure


def module_of(value: type) -> dict[str, Any]:
    module = sys.modules.get(value.__module__)
    if module is not None:
        return vars(module)
    for method in methods_of(value):
        return method.__globals__
    return {}


def grew_in_cells(module: Mapping[str, Any]) -> bool:
    """Whether the module grew cell by cell, so that no one file holds its statements."""
    return not module.get("__file__") or "get_ipython" in module


def still_bound(file: SourceFile, node: Definition, value: object) -> bool:
    """Whether nothing after the definition bound its name again."""
    last = max((a.lineno for a in file.assignments(node.name)), default=0)
    imported = bool(file.imports(node.name)) and not any(i.star for i in file.imports(node.name))
    return value is not None and last < node.lineno and not imported and isinstance(node, Function)
