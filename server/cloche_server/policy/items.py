"""Items of tensors by a list: torch walks the list through a bare pointer, so it gets a copy.

Replacing `Tensor.__getitem__` itself would make C code take tensors for sequences. The guards come
through here instead: reading `x[i]`, setting `x[i]`, and the same by name or by `operator`.
"""

from __future__ import annotations

from typing import Any

import torch

from .kernels import LEAVES, private
from .slots import mro_of


def item(obj: Any, index: Any) -> Any:
    """The guard of `obj[index]`, where the source alone does not show that the index is plain."""
    if type(index) not in LEAVES and torch.Tensor in mro_of(type(obj)):
        index = private(index)
    return obj[index]


class TensorItems:
    """Stands in for a tensor whose items are set."""

    __slots__ = ("tensor",)

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def __getitem__(self, index: Any) -> Any:
        return item(self.tensor, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tensor[private(index)] = value

    def __delitem__(self, index: Any) -> None:
        del self.tensor[private(index)]
