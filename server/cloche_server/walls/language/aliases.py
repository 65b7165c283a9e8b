"""Closes ways to a tensor's elements that torch's count of changes does not see.

A derivative goes by what a tensor was on the way forward; torch keeps the tensor itself and a count
of its changes, and refuses a derivative if the count moved. Kernels believe the rest: indices that
were looked at once, strides that were those of a weight. What changes a tensor unseen is an array
over its memory, `x.data`, and a copy that shares its elements.

So arrays are copies, both ways; `x.data` of what may be an index is counted like `x.detach()`; and
what `x.data` is set to takes on the strides that x had.
"""

from __future__ import annotations

from typing import Any

from .kernels import replaces


class _Data(property):
    """`Tensor.data`, for torch's own code too: it sets parameters by it."""


def is_value(tensor: Any) -> bool:
    """Whether its elements are never taken for places in memory."""
    return bool(tensor.is_floating_point() or tensor.is_complex())


def _harden_data() -> None:
    import torch
    from torch.autograd.graph import increment_version

    def make(original: Any) -> Any:
        def get(self: Any) -> Any:
            return original.__get__(self) if is_value(self) else self.detach()

        def set_data(self: Any, value: Any) -> None:
            alike = self.shape == value.shape and self.dtype == value.dtype
            if alike and is_value(self):
                original.__set__(self, _with_strides_of(self, value))
                return
            original.__set__(self, value.clone() if alike else value)
            if not self.is_inference():
                increment_version(self)

        return _Data(get, set_data)

    replaces(torch.Tensor, "data", make)


def _with_strides_of(old: Any, value: Any) -> Any:
    """The value itself, or a copy laid out as the old one: derivatives go by its strides."""
    import torch

    if value.stride() == old.stride() or value.layout is not torch.strided:
        return value
    laid_out = torch.empty_like(old, device=value.device, requires_grad=False)
    return laid_out.copy_(value.detach())


def _harden_arrays() -> None:
    """numpy asks a tensor for an array, which would lie over the tensor's memory."""
    import torch

    def make(original: Any) -> Any:
        def __array__(self: Any, *args: Any, **options: Any) -> Any:  # noqa: N807
            return original(self, *args, **options).copy()

        return __array__

    replaces(torch.Tensor, "__array__", make)


def _harden_copy() -> None:
    """`copy.copy` shares the elements, with a count of changes of its own."""
    import torch

    def make(original: Any) -> Any:
        def __copy__(self: Any) -> Any:  # noqa: N807
            if not is_value(self):
                return self.detach()
            rebuild, args = self.__reduce_ex__(4)[:2]
            return rebuild(*args)

        return __copy__

    replaces(torch.Tensor, "__copy__", make)


def harden_aliases() -> None:
    """Idempotent."""
    _harden_data()
    _harden_arrays()
    _harden_copy()
