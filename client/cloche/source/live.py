"""Read from a live function or class where it came from and what it holds."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from cloche.contract.errors import SourceError
from cloche.source.files import Definition, Function, SourceFile
from cloche.source.modules import is_local


def plain_function(function: object) -> types.FunctionType:
    """The plain function inside `function`, or the reason why it cannot be a technique.

    Of a bound method it is the method's, of an object with `__call__` that.
    """
    named = isinstance(function, (type, types.FunctionType, types.MethodType))
    what = str(getattr(function, "__qualname__", "")) if named else type(function).__name__
    inner = unwrap(function.__func__ if isinstance(function, types.MethodType) else function)
    if not isinstance(inner, (types.FunctionType, type, types.BuiltinFunctionType)):
        called = inspect.getattr_static(type(inner), "__call__", None)
        if isinstance(called, types.FunctionType) and is_local(type(inner).__module__):
            inner = called
    if not isinstance(inner, types.FunctionType):
        kind = f"the class {what}" if isinstance(function, type) else repr(type(function).__name__)
        raise SourceError(
            "a technique is a function, source as str, a pathlib.Path or a cloche.Technique; got "
            f"{kind}"
        )
    if inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner):
        raise SourceError(f"{what} is async; a technique is a plain function: use `def`")
    return inner


def class_of(function: types.FunctionType) -> type | None:
    """The class at the top level of a module that holds exactly this function, static or plain."""
    holder, _, name = function.__qualname__.rpartition(".")
    found = function.__globals__.get(holder)
    if not isinstance(found, type):
        return None
    held = vars(found).get(name)
    if isinstance(held, (staticmethod, classmethod)):
        held = held.__func__
    return found if held is function else None


def is_instance_of_own(value: object) -> bool:
    """Whether an object of the caller's own class is no more than its attributes."""
    kind = type(value)
    if not is_local(kind.__module__) or isinstance(value, (type, types.ModuleType)):
        return False
    plain = all(base is object or is_local(base.__module__) for base in kind.__mro__)
    return plain and hasattr(value, "__dict__") and kind.__setattr__ is object.__setattr__


def wrapped_in(value: object) -> object | None:
    """What functools.wraps says that `value` stands for. No code of the object's own runs."""
    found = inspect.getattr_static(value, "__wrapped__", None)
    if isinstance(found, (types.GetSetDescriptorType, types.MemberDescriptorType)):
        # A proxy that is written in C, such as wrapt's.
        found = found.__get__(value, type(value)) if not isinstance(value, type) else None
    return None if isinstance(found, property) else found


def unwrap(value: object) -> object:
    """The innermost of what decorators wrapped.

    A `def` of the caller's file is not taken for a wrapper because it says @functools.wraps(other).
    """
    seen: set[int] = set()
    while id(value) not in seen:
        seen.add(id(value))
        inner = wrapped_in(value)
        if inner is None or (type(value) is types.FunctionType and _at_top_level(value)):
            return value
        value = inner
    raise SourceError(f"{getattr(value, '__name__', 'a function')} wraps itself, over and over")


def _at_top_level(function: types.FunctionType) -> bool:
    code = function.__code__
    if "." in code.co_qualname:
        return False
    file = SourceFile.load(code.co_filename, function.__globals__)
    return file is not None and file.function_of(code) is not None


def lambda_statement(
    file: SourceFile, code: types.CodeType
) -> tuple[ast.Assign | None, ast.Lambda, str]:
    """The lambda that `code` comes from, and `name = lambda ...` if it is the whole of that.

    Raises:
        SourceError: it is one of several that nothing tells apart.
    """
    found = file.lambdas_of(code)
    if len(found) != 1:
        raise SourceError(
            f"the lambda at {file.label}:{code.co_firstlineno} cannot be told from the code around "
            "it; give it a name with def"
        )
    ((node, parent),) = found
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        target = parent.targets[0]
        if isinstance(target, ast.Name):
            return parent, node, target.id
    return None, node, ""


def closure_of(function: types.FunctionType) -> dict[str, object]:
    closure: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            closure[name] = cell.cell_contents
        except ValueError:
            continue  # not assigned yet: reported as undefined if the source needs it
    return closure


def default_values(function: types.FunctionType, node: Function | ast.Lambda) -> dict[str, object]:
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
            inner = unwrap(part)
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
    imported = any(not item.star for item in file.imports(node.name))
    if value is None or last > node.lineno or imported:
        return False
    cells = list(SourceFile.cells())
    if all(cell is not file for cell in cells):
        return True
    # Of cells the one that ran last decides.
    return next((cell is file for cell in cells if cell.binds(node.name)), True)
