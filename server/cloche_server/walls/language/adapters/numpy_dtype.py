"""`numpy.dtype`, which looks at what it is given itself: others call it, too.

A technique may hand the class to whoever calls it with a description that nobody looked at: as a
reader of JSON, as a layer's `forward`, as a method that numpy asks an object for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import prepared
from ..slots import is_class, mro_of
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


class _Kind(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return np.dtype in mro_of(type(instance))

    def __subclasscheck__(cls, asked: Any) -> bool:
        return is_class(asked) and (np.dtype in mro_of(asked) or asked is cls)

    def __repr__(cls) -> str:
        return "<class 'numpy.dtype'>"


class DType(metaclass=_Kind):
    """A class, as the library's own: for annotations, and for what asks for kinds."""

    def __new__(cls, /, *args: Any, **options: Any) -> Any:
        copies, named = prepared(np.dtype, args, options)
        return np.dtype(*copies, **named)

    def __class_getitem__(cls, item: object) -> Any:
        return cls


DType.__name__ = DType.__qualname__ = "dtype"


@adapts("numpy.dtype")
def make_dtype(guards: Guards) -> Callable[..., Any]:
    return DType
