"""What stands in for scipy and scikit-learn where the operator admits them: tables/admitted.py.

A stand-in gives the library copies of plain data, and hands out copies of what comes back. No
object of a technique's is ever in the library's hands, so it reads no attribute of one and calls
none: but functions where a row says so, which are given copies and whose answers are copied.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from cloche.wire import Record, RecordTuple

from .adapters.registry import Adapter
from .diagnostics import AccessRefused
from .exact import exact_keys
from .facades import _Opaque
from .slots import class_name, is_class, mro_of
from .tables.admitted import Admitted, rows_of
from .tables.rows import words

if TYPE_CHECKING:
    from .guards import Guards

_PLAIN: Final = frozenset({int, float, complex, bool, str, bytes, type(None), range, slice})
#: Kinds of numpy's dtypes whose elements are values: no objects, no records.
_VALUES: Final = frozenset("biufcUSMm")
#: Options that start processes, write files, print past the caller, or leave a look at numbers out.
_ONLY: Final[dict[str, tuple[object, ...]]] = {
    "n_jobs": (None, 1),
    "workers": (None, 1),
    "memory": (None,),
    "verbose": (None, 0, False),
    "disp": (None, 0, False),
    "check_finite": (True,),
    "out": (None,),
    "input": ("content",),
}
_DEEP: Final = 16


class Instance(_Opaque):
    """An estimator, a distribution or a curve. What it has fitted is read, and its methods called.

    Names that end in an underscore are what was fitted; parameters go by their names.
    """

    __slots__ = ("_methods", "_real", "_world")

    def __init__(self, real: Any, methods: frozenset[str], world: _World) -> None:
        self._real = real
        self._methods = methods
        self._world = world

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._methods:
            return self._world.method(self, name)
        if name.endswith("_") or name in _parameters(self._real):
            return self._world.hand_out(getattr(self._real, name))
        raise AttributeError(f"'{class_name(type(self._real))}' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return str.__str__(repr(self._real))


class CallableInstance(Instance):
    __slots__ = ()

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._world.call(self._real, args, options, self._methods)


def _parameters(real: Any) -> tuple[str, ...]:
    names = getattr(type(real), "_get_param_names", None)
    return tuple(names()) if names is not None else ()


class _World:
    """What goes into a library for one row, and what comes out of it."""

    def __init__(self, guards: Guards, row: Admitted) -> None:
        self._guards = guards
        self._row = row
        self._library = row.of.partition(".")[0]
        self._made: dict[tuple[int, str], tuple[Any, Callable[..., Any]]] = {}

    def method(self, obj: Instance, name: str) -> Callable[..., Any]:
        key = (id(obj._real), name)
        if key not in self._made:

            def method(*args: Any, **options: Any) -> Any:
                if name == "set_params":
                    # What was fitted fits other parameters no more, and compiled code believes it.
                    obj._real = _unfitted(obj._real)
                found = self.call(getattr(obj._real, name), args, options, obj._methods)
                return obj if found is _ITSELF else found

            method.__name__ = method.__qualname__ = name
            self._made[key] = (obj._real, self._guards.adopt(method))
        return self._made[key][1]

    def call(
        self, real: Any, args: tuple[Any, ...], options: dict[str, Any], methods: frozenset[str]
    ) -> Any:
        exact_keys(options)
        for name, value in {**_by_name(real, args), **options}.items():
            allowed = _ONLY.get(name)
            if allowed is not None and not (type(value) in _PLAIN and value in allowed):
                raise AccessRefused(
                    f"this '{name}' for {self._row.of} refused: it starts processes, reaches files"
                    " or leaves out a look at numbers",
                    hint=f"leave {name} out",
                    code="argument-refused",
                )
        given = [self._take(each) for each in args]
        named = {name: self._take(value) for name, value in options.items()}
        found = real(*given, **named)
        if found is getattr(real, "__self__", real):
            return _ITSELF
        return self.hand_out(found, methods)

    # Into the library

    def _take(self, value: Any, depth: int = 0) -> Any:
        cls = type(value)
        if cls in _PLAIN:
            return value
        if cls is np.ndarray and value.dtype.kind in _VALUES:
            return np.array(value)
        if np.generic in mro_of(cls) and value.dtype.kind in _VALUES:
            return value
        if torch.Tensor in mro_of(cls):
            return np.array(value.detach().cpu().numpy())
        if cls in (list, tuple, set) and depth < _DEEP:
            return cls([self._take(each, depth + 1) for each in list(value)])
        if cls is dict and depth < _DEEP:
            return {
                self._take(key, depth + 1): self._take(each, depth + 1)
                for key, each in list(value.items())
            }
        if cls in (np.random.Generator, np.random.RandomState):
            return value
        if Instance in mro_of(cls):
            return value._real
        if self._row.calls_back and (cls in _FUNCTIONS or self._guards.is_own_class(cls)):
            return self._called_back(value)
        raise AccessRefused(
            f"giving a '{class_name(cls)}' to {self._row.of} refused",
            hint="give it numbers, text, arrays and tensors, and lists and dicts of these",
            code="argument-refused",
        )

    def _called_back(self, function: Any) -> Callable[..., Any]:
        judged = self._guards.calls.call(function)

        def call(*args: Any, **options: Any) -> Any:
            named = {name: self.hand_out(value) for name, value in options.items()}
            return self._take(judged(*[self.hand_out(each) for each in args], **named))

        if type(function) is types.FunctionType:
            # `curve_fit` asks how many parameters there are.
            vars(call)["__signature__"] = inspect.signature(function)
        return call

    # Out of the library

    def hand_out(self, value: Any, methods: frozenset[str] = frozenset(), depth: int = 0) -> Any:
        cls = type(value)
        if cls in _PLAIN:
            return value
        deeper = functools.partial(self.hand_out, depth=depth + 1)
        if depth < _DEEP:
            if np.ndarray in mro_of(cls):
                if value.dtype.kind in _VALUES:
                    return np.array(value, subok=False)
                return [deeper(each) for each in value.tolist()]
            if np.generic in mro_of(cls) and value.dtype.kind in _VALUES:
                return value
            if cls in (list, tuple, set):
                return cls([deeper(each) for each in value])
            if cls is dict:
                return {deeper(key): deeper(each) for key, each in value.items()}
            if cls is types.GeneratorType:
                return [deeper(each) for each in value]
            if tuple in mro_of(cls) and hasattr(cls, "_fields"):
                return RecordTuple(cls.__name__, cls._fields, [deeper(each) for each in value])
            fields = self._fields(value)
            if fields is not None:
                return Record(cls.__name__, self._plain_fields(fields))
        if hasattr(value, "toarray") and cls.__module__.startswith("scipy.sparse"):
            return np.array(value.toarray())
        known = self._methods_of(cls) or methods
        if known and cls.__module__.partition(".")[0] == self._library:
            return _kind(cls, known)(value, known, self)
        if cls in (np.random.Generator, np.random.RandomState):
            return value
        raise AccessRefused(
            f"what {self._row.of} gives here refused: a '{class_name(cls)}'",
            hint="only numbers, text, arrays, and lists and records of these are handed out",
            code="attribute-refused",
        )

    def _fields(self, value: Any) -> dict[str, Any] | None:
        """Of `OptimizeResult` and its kin, and of results that are dataclasses."""
        if dict in mro_of(type(value)):
            return dict(value)
        if dataclasses.is_dataclass(value):
            return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return None

    def _plain_fields(self, fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in fields.items():
            try:
                yield name, self.hand_out(value, depth=1)
            except AccessRefused:
                continue

    def _methods_of(self, cls: type) -> frozenset[str]:
        """Of an estimator within another."""
        for row in rows_of(self._library):
            if row.methods and cls.__name__ in words(row.names):
                return frozenset(words(row.methods))
        return frozenset()


_ITSELF: Final = object()


def _by_name(real: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    """Arguments that were given by position, by the names of their parameters."""
    try:
        return dict(inspect.signature(real).bind_partial(*args).arguments)
    except (TypeError, ValueError):
        return {}  # in C, without names; or too many, which the library says


def _unfitted(real: Any) -> Any:
    from sklearn.base import clone

    return clone(real)


_FUNCTIONS: Final = (types.FunctionType, types.MethodType, functools.partial)


def _kind(cls: type, methods: frozenset[str]) -> type[Instance]:
    return CallableInstance if "__call__" in methods or hasattr(cls, "rvs") else Instance


def adapters_of(library: str) -> dict[tuple[str, str], Adapter]:
    """What stands in for each name that a row admits, by module and name."""
    return {
        (row.of, name): _adapter(row, name) for row in rows_of(library) for name in words(row.names)
    }


def _adapter(row: Admitted, name: str) -> Adapter:
    real = getattr(importlib.import_module(row.of), name)
    methods = frozenset(words(row.methods))

    def make(guards: Guards) -> Callable[..., Any]:
        world = _World(guards, row)
        if is_class(real) and methods:
            return _class(real, methods, world)
        if methods:
            return CallableInstance(real, methods, world)

        def call(*args: Any, **options: Any) -> Any:
            return world.call(real, args, options, methods)

        call.__name__ = call.__qualname__ = name
        return call

    return make


def _class(real: Any, methods: frozenset[str], world: _World) -> type[Instance]:
    """A class of the same name, whose calls make what stands in for the library's objects."""
    base = _kind(real, methods)

    def __new__(cls: type, *args: Any, **options: Any) -> Any:  # noqa: N807
        found = world.call(real, args, options, methods)
        made: Any = object.__new__(cls)
        Instance.__init__(made, found._real, methods, world)
        return made

    def __init__(self: Any, *args: Any, **options: Any) -> None:  # noqa: N807
        """Done already."""

    body = {
        "__slots__": (),
        "__new__": __new__,
        "__init__": __init__,
        "__module__": real.__module__,
    }
    return type(real.__name__, (base,), body)
