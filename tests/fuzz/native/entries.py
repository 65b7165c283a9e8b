"""Every allowed entry into native code of torch and numpy, from the policy's own catalogue."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from cloche_server.walls.language import LanguageWall
from cloche_server.walls.language.arrays import Ufunc
from cloche_server.walls.language.facades import ClassToken

from .technique import SYNTAX

_LIBRARIES: Final = ("torch", "numpy")
#: For isinstance: nothing can be made of them.
_ABSTRACT: Final = frozenset(
    {
        *(np.generic, np.number, np.inexact, np.floating, np.complexfloating, np.integer),
        *(np.signedinteger, np.unsignedinteger, np.flexible, np.character, torch.dtype),
    }
)


class Way(enum.Enum):
    """How a technique gets at an entry."""

    FUNCTION = "holder.name(*args)"
    METHOD = "args[0].name(*args[1:])"
    SYNTAX = "an operator, or an index"
    LAYER = "torch.nn.Name(*args)(*inputs)"
    OPTIMIZER = "torch.optim.Name(parameters, **options).step()"


@dataclass(frozen=True)
class Entry:
    """One entry. `holder` is a module's path, a ufunc's, or a class's."""

    holder: str
    name: str
    way: Way

    @property
    def path(self) -> str:
        return f"{self.holder}.{self.name}"

    @property
    def in_place(self) -> bool:
        written = self.name.endswith("_") and not self.name.endswith("__")
        return written or " = " in self.name or "= y" in self.name or "= z" in self.name

    @property
    def of_torch(self) -> bool:
        return self.holder.startswith("torch")


def _path_of(cls: type) -> str:
    """The public path of a class: `torch._C.TensorBase` is met as `torch.Tensor`."""
    known = {
        torch._C.TensorBase: "torch.Tensor",
        torch._C.Generator: "torch.Generator",
        np.random.RandomState: "numpy.random.RandomState",
        np.random.Generator: "numpy.random.Generator",
    }
    return known.get(cls, f"{cls.__module__}.{cls.__qualname__}")


def _is_of_library(path: str) -> bool:
    return path.split(".")[0] in _LIBRARIES


def _methods_of(ufunc: np.ufunc) -> tuple[str, ...]:
    """The methods that answer with more than "not for this ufunc"."""
    if ufunc.signature is not None:
        return ()
    if ufunc.nin == 2 and ufunc.nout == 1:
        return ("accumulate", "at", "outer", "reduce", "reduceat")
    return ("outer",) if ufunc.nin == 2 else ("at",) if ufunc.nout == 1 else ()


def _of_modules(wall: LanguageWall) -> Iterator[Entry]:
    for module, members in wall.catalogue.modules.items():
        if not _is_of_library(module):
            continue
        for name, value in members.items():
            if not callable(value) or isinstance(value, ClassToken):
                continue
            way = Way.FUNCTION
            if isinstance(value, type) and issubclass(value, torch.nn.Module):
                way = Way.LAYER
            elif isinstance(value, type) and issubclass(value, torch.optim.Optimizer):
                way = Way.OPTIMIZER
            elif isinstance(value, type) and (
                issubclass(value, BaseException) or value in _ABSTRACT
            ):
                continue
            yield Entry(module, name, way)
            if isinstance(value, Ufunc):
                methods = _methods_of(value.function)
                yield from (Entry(f"{module}.{name}", each, way) for each in methods)
    for module, name in wall.catalogue.adapted:
        if _is_of_library(module):
            yield Entry(module, name, Way.FUNCTION)


def _of_classes(wall: LanguageWall) -> Iterator[Entry]:
    for cls, members in wall.catalogue.members.items():
        if _is_of_library(_path_of(cls)):
            yield from (Entry(_path_of(cls), name, Way.METHOD) for name in members)


def _of_syntax() -> Iterator[Entry]:
    for holder in ("torch.Tensor", "numpy.ndarray"):
        yield from (Entry(holder, text, Way.SYNTAX) for text in SYNTAX)


def entries(wall: LanguageWall) -> list[Entry]:
    """All of them, each once, in an order that only the tables decide."""
    found = (*_of_modules(wall), *_of_classes(wall), *_of_syntax())
    return list(dict.fromkeys(found))
