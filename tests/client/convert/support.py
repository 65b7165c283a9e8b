"""Runs a technique both ways: as a method of its object, and as the function made of it."""

from __future__ import annotations

import textwrap
import types
from typing import TYPE_CHECKING, Any

import torch
from cloche import convert_technique_to_standalone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def source_of(text: str) -> str:
    """A source from an indented literal."""
    return textwrap.dedent(text).lstrip("\n")


class _Chain:
    """Stands for an image or an app: everything asked of it gives another such thing."""

    def __getattr__(self, name: str) -> _Chain:
        return _Chain()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], (type, types.FunctionType)):
            return args[0]
        return _Chain()

    def __enter__(self) -> None:
        return None

    def __exit__(self, *details: object) -> None:
        return None


def modal_module() -> types.ModuleType:
    """Modal's decorators, as they act where nothing is deployed: they give the method back."""
    module = types.ModuleType("modal")
    for name in ("App", "Image", "Volume", "Secret", "gpu", "parameter"):
        setattr(module, name, _Chain())
    for name in ("method", "enter", "exit", "build", "concurrent", "fastapi_endpoint"):
        setattr(module, name, lambda *args, **kwargs: lambda function: function)
    return module


def run_method(source: str, held: Any, class_name: str, method: str, *args: Any, **kw: Any) -> Any:
    """The original: the class as it stands, on an object that holds the model."""
    namespace = _run(source, held.path)
    if class_name:
        made = object.__new__(namespace[class_name])
        for setup in ("load", "__init__"):
            if setup in vars(type(made)):
                _call_setup(getattr(made, setup), held)
    else:
        # Bare functions are methods of whatever holds the model.
        functions = {k: v for k, v in namespace.items() if isinstance(v, types.FunctionType)}
        made = type("Holder", (), functions)()
    made.model, made.tokenizer = held.model, held.tokenizer
    return plain(getattr(made, method)(*args, **kw))


def _call_setup(setup: Any, held: Any) -> None:
    if setup.__code__.co_argcount == 3:
        setup(held.model, held.tokenizer)
    else:
        setup()


def run_function(source: str, held: Any, function: str, *args: Any, **kw: Any) -> Any:
    """The conversion: a function, in bare Python."""
    converted = convert_technique_to_standalone(source)
    assert convert_technique_to_standalone(converted) == converted
    namespace = _run(converted, held.path)
    return plain(namespace[function](held.model, held.tokenizer, *args, **kw))


def entry_points(source: str) -> list[str]:
    """The public functions that take model and tokenizer first."""
    import ast

    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)[:2]]
            if [name.lstrip("_") for name in names] == ["model", "tokenizer"]:
                found.append(node.name)
    return found


def plain(value: Any) -> Any:
    """A value that compares by ==."""
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, types.GeneratorType):
        return [plain(item) for item in value]
    if isinstance(value, (list, tuple)):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def _run(source: str, path: Path) -> dict[str, Any]:
    import sys

    namespace: dict[str, Any] = {"__name__": "technique", "MODEL": str(path)}
    before = sys.modules.get("modal")
    sys.modules["modal"] = modal_module()
    # A dataclass looks its module up by name.
    sys.modules["technique"] = types.ModuleType("technique")
    try:
        exec(compile(source, "<technique>", "exec", dont_inherit=True), namespace)
    finally:
        del sys.modules["modal"], sys.modules["technique"]
        if before is not None:
            sys.modules["modal"] = before
    return namespace


def lines_of(problems: Iterator[Any] | tuple[Any, ...]) -> list[tuple[int, int, str]]:
    """Line, column and code of each problem."""
    return [(item.line, item.column, item.code) for item in problems]
