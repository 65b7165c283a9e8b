"""Find the `def` or `class` statement that made a live object, and check that it still would."""

from __future__ import annotations

import ast
import contextlib
import sys
import types

from cloche.contract.errors import SourceError
from cloche.source.context import Context
from cloche.source.files import Definition, Function, SourceFile, first_line, unavailable
from cloche.source.literals import NotLiteralError, expression
from cloche.source.live import (
    class_closure,
    grew_in_cells,
    methods_of,
    module_of,
    still_bound,
    unwrap,
)
from cloche.source.modules import is_local


def function_file(function: types.FunctionType) -> SourceFile:
    """Raises SourceError where nobody kept the text."""
    filename = function.__code__.co_filename
    file = SourceFile.load(filename, function.__globals__)
    if file is None:
        raise unavailable(function.__qualname__, filename)
    return file


def function_statement(function: types.FunctionType, file: SourceFile) -> Function:
    """The `def` of a function.

    Raises:
        SourceError: it is a method, or the text is no longer what the function was made from.
    """
    code = function.__code__
    found = file.function_of(code)
    if found is None or not file.still_holds(code):
        raise changed(function, file)
    node, parent = found
    if isinstance(parent, ast.ClassDef):
        raise SourceError(
            f"{function.__qualname__} ({file.where(node)}) is a method of class {parent.name}; "
            "write it as a function outside the class"
        )
    return node


def changed(function: types.FunctionType, file: SourceFile) -> SourceError:
    """The error for a function whose text is another by now."""
    return SourceError(
        f"{function.__qualname__} is not what stands at "
        f"{file.label}:{function.__code__.co_firstlineno} any more: the file changed after it was "
        "imported, or an import hook rewrote it; import it again, or send the file as pathlib.Path"
    )


def refuse_wrapping(value: object, inner: types.FunctionType, user: str) -> None:
    """Raises SourceError unless the decorators above `inner`, and nothing else, made `value`.

    `user` is ", used by f (file.py:3),", or empty.
    """
    file = SourceFile.load(inner.__code__.co_filename, inner.__globals__)
    found = file.function_of(inner.__code__) if file else None
    decorated = found is not None and bool(found[0].decorator_list)
    bound = inner.__globals__.get(inner.__code__.co_name) is value
    if value is not inner and not (decorated and (bound or "<locals>" in inner.__qualname__)):
        raise SourceError(
            f"{inner.__qualname__}{user} was wrapped after its definition, and the wrapping would "
            "be lost; put the decorator above the def with @"
        )
    # A nested technique may come from a decorator that gave it back; a helper inside may not.
    if (
        value is inner
        and decorated
        and not bound
        and (user or "<locals>" not in inner.__qualname__)
    ):
        raise SourceError(
            f"{inner.__qualname__}{user} is the inside of a decorated function; write the "
            "decorator with functools.wraps"
        )


def made_by(node: Definition, value: object, file: SourceFile) -> bool:
    """Whether a module-level statement made `value`."""
    if isinstance(node, ast.ClassDef):
        if isinstance(value, type):
            ours = is_local(value.__module__) and value.__name__ == node.name
            return ours and not altered(value, node, file)
        return bool(node.decorator_list) and still_bound(file, node, value)
    inner = unwrap(value)
    if isinstance(inner, types.FunctionType):
        code = inner.__code__
        if code.co_filename == file.name and code.co_firstlineno == first_line(node):
            if not file.still_holds(code):
                raise changed(inner, file)
            # Without its decorators the function is what the name stands for only if they
            # gave it back as it was.
            plain = inner is value and bool(node.decorator_list)
            return not plain or still_bound(file, node, value)
    # A decorator may have put anything in the function's place; the definition makes it again.
    return bool(node.decorator_list) and still_bound(file, node, value)


def class_statement(value: type) -> tuple[Context, ast.ClassDef] | None:
    """The `class` statement of a class, through its module's file, its methods or a cell.

    Raises:
        SourceError: an attribute was set after the definition, which alone can be sent.
    """
    module = module_of(value)
    names = [str(getattr(sys.modules.get(value.__module__), "__file__", None) or "")]
    names += [m.__code__.co_filename for m in methods_of(value)]
    files = [SourceFile.load(name, module) for name in dict.fromkeys(names) if name]
    if grew_in_cells(module):
        files += SourceFile.cells()
    complaint = ""
    for file in files:
        for node in file.classes_of(value.__qualname__) if file else ():
            assert file is not None  # noqa: S101  # the line above
            what = altered(value, node, file)
            if not what:
                user = f"{node.name} ({file.where(node)})"
                return Context(file, module, class_closure(value), user), node
            complaint = complaint or (
                f"{value.__qualname__}.{what} was set after the class was defined at "
                f"{file.where(node)}, and only the definition can be sent; set it inside the "
                "technique, or pass it as an argument"
            )
    if complaint:
        raise SourceError(complaint)
    return None


def altered(value: type, node: ast.ClassDef, file: SourceFile) -> str:
    """The first attribute that is not what the class statement made it; "": none."""
    held = vars(value)
    bound = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in held]
    for statement in node.body:
        if isinstance(statement, Function) and not statement.decorator_list:
            method = held.get(statement.name)
            if isinstance(method, types.FunctionType) and not (
                method.__code__.co_firstlineno == first_line(statement)
                and file.still_holds(method.__code__)
            ):
                return statement.name
        name, written = _assigned(statement)
        # Enumerations, descriptors and other machinery put something else in its place.
        if name in held and bound.count(name) == 1 and _is_plain(held[name]):
            with contextlib.suppress(ValueError, NotLiteralError):
                if _literal(held[name]) != _literal(ast.literal_eval(written)):
                    return name
    return ""


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr]:
    """The name and the expression of `name = ...`; no other statement has a name here."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=written):
            return name, written
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as written):
            return name, written
    return "", ast.Constant(None)


def _is_plain(value: object) -> bool:
    return value is None or (type(value).__module__ == "builtins" and not callable(value))


def _literal(value: object) -> str:
    def refuse(part: object) -> str:
        if not isinstance(part, (type, types.FunctionType, types.BuiltinFunctionType)):
            raise NotLiteralError("an object")
        return getattr(part, "__name__", "") if isinstance(part, type) else "?"

    return expression(value, refuse)
