"""A model's tensors by the storage that they lie in: what is tied shares one, and stays tied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import torch

# A storage that is this much larger than its tensor is something else's (a mapped file).
_SLACK_BYTES: Final = 2 << 20
_MODULES_OWN: Final = frozenset({"_parameters", "_buffers", "_modules"})

Kind = Literal["parameter", "buffer", "attribute"]


@dataclass(frozen=True)
class Place:
    """Where a module keeps a tensor; the same tensor may be kept in several."""

    kind: Kind
    name: str
    tensor: torch.Tensor


def places(model: torch.nn.Module) -> Iterator[Place]:
    """Yields every parameter, every buffer, and every tensor that is a module's plain attribute."""
    for name, parameter in model.named_parameters(remove_duplicate=False):
        yield Place("parameter", name, parameter)
    for name, buffer in model.named_buffers(remove_duplicate=False):
        yield Place("buffer", name, buffer)
    for prefix, module in model.named_modules(remove_duplicate=False):
        for name, value in vars(module).items():
            if name not in _MODULES_OWN and isinstance(value, torch.Tensor):
                yield Place("attribute", f"{prefix}.{name}" if prefix else name, value)


def by_storage(found: Iterator[Place]) -> list[list[Place]]:
    """Groups them. A small view of something large takes what it uses, and no more, from here on.

    Raises:
        ValueError: a tensor that is not dense and on the CPU.
    """
    groups: dict[int, list[Place]] = {}
    for place in found:
        tensor = place.tensor
        if tensor.layout is not torch.strided or tensor.device.type != "cpu":
            raise ValueError(
                f"{place.name} is {tensor.layout} on {tensor.device}; only dense CPU tensors can "
                "be held"
            )
        storage = tensor.untyped_storage()
        if storage.nbytes() > 2 * max(tensor.nbytes, _SLACK_BYTES):
            tensor.data = tensor.data.clone()
            storage = tensor.untyped_storage()
        # What has no bytes has no address either.
        groups.setdefault(storage.data_ptr() or -id(tensor), []).append(place)
    return list(groups.values())
