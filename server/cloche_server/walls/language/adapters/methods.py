"""Binding a function of the technique's own to an object: `types.MethodType`, `f.__get__`."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


@adapts("types.MethodType")
def make_method_type(guards: Guards) -> Callable[..., Any]:
    class Kind(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return type(instance) is types.MethodType

        def __repr__(cls) -> str:
            return "<class 'method'>"

    class MethodType(metaclass=Kind):
        def __new__(cls, function: Any, instance: Any, /) -> Any:
            # The guard calls a method by what its function is: another could not be called either.
            if not guards.is_own_function(function):
                raise AccessRefused(
                    "types.MethodType of what is not a function of yours refused",
                    hint="write `def f(self, ...)`, or a lambda that calls it",
                    code="call-refused",
                )
            return types.MethodType(function, instance)

    MethodType.__name__ = MethodType.__qualname__ = "method"
    return MethodType


def bind(function: Any, instance: Any, owner: Any = None, /) -> Any:
    """What `function.__get__` does, for a function of the technique's own."""
    return function if instance is None else types.MethodType(function, instance)
