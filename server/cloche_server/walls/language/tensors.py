"""Stand-ins for torch's functions and the methods of tensors: what they take for counts is bounded.

Which argument is a count, a size or an offset is what torch's own schemas say: `int` there, where
a value is a `Scalar`. A function that torch wrote in Python is asked for its signature, and any
integer counts. Operators and functions without such an argument stay as they are.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch

from .aliases import is_value
from .bounds import ELEMENTS, LIMIT, check_count, check_sizes
from .diagnostics import AccessRefused
from .exact import exact_keys
from .tables.native import SIZES, TORCH_DIMENSIONS, TORCH_OPTIONS, TORCH_VALUES, Options

#: What begins the name of a module's operators in the schemas.
_PREFIXES: Final = {"torch.linalg": "linalg_", "torch.fft": "fft_", "torch.special": "special_"}
#: They stand as integers in the schemas, and are objects of torch's own.
_NO_INTEGERS: Final = frozenset({"dtype", "layout", "device", "memory_format", "out_dtype"})
_KINDS: Final = frozenset({"int", "Optional[int]", "List[int]", "Optional[List[int]]"})


@dataclass(frozen=True)
class _Counts:
    """The parameters that are counts: those with a position, in order, and all by name."""

    positions: tuple[tuple[int, str], ...]
    #: The name of the last one, if it may be given as several arguments, and where it begins.
    beyond: tuple[int, str] | None
    names: frozenset[str]
    options: frozenset[str]


class TensorMethod:
    """The verdict on a method: answers with the stand-in, bound."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, tensor: Any) -> Any:
        return types.MethodType(self.function, tensor)


def function_stand_in(module: str, name: str, original: Any) -> Any:
    """What is handed out for a function; itself, if it takes no count and no such option."""
    if not callable(original) or inspect.isclass(original):
        return original
    counts = _counts(_PREFIXES.get(module, "") + name, original)
    return _stand_in(f"{module}.{name}", original, counts)


def method_stand_in(name: str, original: Any) -> TensorMethod | None:
    """The same for a method; None if it may be called as it is."""
    if not callable(original):
        return None
    counts = _counts(name, original)
    if name == "view":
        original = _apart(original)
    found = _stand_in(f"Tensor.{name}", original, counts)
    return None if found is original else TensorMethod(found)


def _apart(view: Any) -> Callable[..., Any]:
    """`x.view(dtype)`, in memory of its own where numbers become indices or the other way round.

    What changes floats, torch does not always count; a derivative may have kept them as indices.
    """

    def viewed(tensor: Any, *shape: Any, **options: Any) -> Any:
        made = view(tensor, *shape, **options)
        same = made.dtype is tensor.dtype or is_value(made) is is_value(tensor)
        return made if same else made.clone()

    functools.update_wrapper(viewed, view, ("__name__", "__qualname__", "__doc__"), ())
    return viewed


def _stand_in(path: str, original: Any, counts: _Counts) -> Any:
    if not (counts.positions or counts.names or counts.beyond or counts.options):
        return original
    positions, beyond, names, options = (
        counts.positions, counts.beyond, counts.names, counts.options,
    )  # fmt: skip

    def stand_in(*args: Any, **given: Any) -> Any:
        for index, name in positions:
            if index >= len(args):
                break
            value = args[index]
            if type(value) is int:
                few = -LIMIT < value < LIMIT
            else:
                few = type(value) in _LISTS and _are_few(value)
            if not few:
                _check(path, name, value)
        if beyond is not None and len(args) > beyond[0] + 1 and not _are_few(args[beyond[0] :]):
            _check(path, beyond[1], args[beyond[0] :])
        if given:
            exact_keys(given)
        for name in given:
            if name in options:
                _refuse_option(path, name, given[name])
            elif name in names:
                _check(path, name, given[name])
        return original(*args, **given)

    functools.update_wrapper(stand_in, original, ("__name__", "__qualname__", "__doc__"), ())
    return stand_in


#: What sizes are most often given as.
_LISTS: Final = frozenset({tuple, list, torch.Size})


def _are_few(values: Any) -> bool:
    """Whether these are small numbers, and so is what they make together: the usual case."""
    product = 1
    for each in values:
        if type(each) is not int or not -LIMIT < each < LIMIT:
            return False
        product *= each or 1
    return -ELEMENTS < product < ELEMENTS


def _check(path: str, name: str, value: Any) -> None:
    what = f"{path}({name}=...)"
    check_count(value, what)
    if name in SIZES and isinstance(value, (list, tuple)):
        check_sizes(value, what)


def _refuse_option(path: str, name: str, value: Any) -> None:
    row = _options()[name]
    if not any(value is each for each in row.unless):
        raise AccessRefused(
            f"{path}({name}=...) refused: {row.why}",
            hint=row.instead,
            code="argument-refused",
        )


def _options() -> dict[str, Options]:
    return {name: row for row in TORCH_OPTIONS for name in row.names.split()}


def _counts(name: str, original: Any) -> _Counts:
    overloads = [each for each in _schemas(name) if _is_of_tensors(each)]
    if not overloads:
        return _counts_in_signature(name, original)
    values = _values(name)
    scalars: set[tuple[int, str]] = set()
    found: set[tuple[int, str]] = set()
    alone: set[tuple[int, str]] = set()
    keywords: set[str] = set()
    for schema in overloads:
        several = sum(not each.kwarg_only and each.name != "self" for each in schema.arguments) > 1
        for index, each in enumerate(schema.arguments):
            keywords.add(each.name)
            at = (-1 if each.kwarg_only else index, each.name)
            if str(each.type) in ("number", "Optional[number]"):
                scalars.add(at)
            elif str(each.type) in _KINDS and each.name not in _NO_INTEGERS:
                found.add(at)
                if "List" in str(each.type) and not several:
                    # x.view(2, 3): the only argument there is may be given as several.
                    alone.add(at)
    # A place that is data in one of the overloads.
    places = {
        index for index, each in scalars | found if (index, each) in scalars or each in values
    }
    dimensions = frozenset() if name == "tile" else TORCH_DIMENSIONS
    counted = {
        (index, each)
        for index, each in found
        if index not in places - {-1} and each not in values | dimensions
        and all(each != other for _, other in scalars)
    }  # fmt: skip
    return _Counts(
        tuple(sorted((index, each) for index, each in counted if index >= 0)),
        min(alone & counted, default=None),
        frozenset(each for _, each in counted),
        frozenset(_options()) & keywords,
    )


def _counts_in_signature(name: str, original: Any) -> _Counts:
    """Every parameter of a function in Python, or of one that nobody describes."""
    values = _values(name) | TORCH_DIMENSIONS
    try:
        parameters = list(inspect.signature(original).parameters.values())
    except (ValueError, TypeError):
        return _Counts((), (0, "..."), frozenset(), frozenset(_options()))
    counted = [
        (index, each.name)
        for index, each in enumerate(parameters)
        if each.name not in values | _options().keys()
    ]
    several = inspect.Parameter.VAR_POSITIONAL
    beyond = [(index, name) for index, name in counted if parameters[index].kind is several]
    takes_more = any(each.kind is each.VAR_KEYWORD for each in parameters)
    named = {each.name for each in parameters}
    return _Counts(
        tuple(each for each in counted if each not in beyond and each[1] != "self"),
        min(beyond, default=None),
        frozenset(name for _, name in counted),
        frozenset(each for each in _options() if takes_more or each in named),
    )


def _values(name: str) -> frozenset[str]:
    return frozenset(
        each for row in TORCH_VALUES if row.of in ("", name) for each in row.names.split()
    )


def _schemas(name: str) -> list[Any]:
    schemas: list[Any] = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    return schemas


def _is_of_tensors(schema: Any) -> bool:
    """Whether it is an operator on tensors, and none of TorchScript's on numbers or lists."""
    kinds = [str(each.type) for each in (*schema.arguments, *schema.returns)]
    return any("Tensor" in each for each in kinds)
