"""List what lies where in the files of a model's weights, and which module keeps it.

Between a loader and the zygote it travels as msgpack, in a memory file of its own.
"""

from __future__ import annotations

from typing import Final

import msgspec
import torch

from cloche_server.zygote.weights.storages import Kind, Place

# A file of weights is closed once it is this large: a driver is asked for memory in such pieces.
SLAB_BYTES: Final = 1 << 30


class Tensor(msgspec.Struct, frozen=True, array_like=True):
    """A tensor by the module that keeps it. What has one number is one object in the model."""

    kind: Kind
    name: str
    number: int
    dtype: str
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]
    requires_grad: bool


class Storage(msgspec.Struct, frozen=True, array_like=True):
    """Bytes that tensors share: one unit of copying. They lie in one slab."""

    slab: int
    offset: int
    length: int
    tensors: tuple[Tensor, ...]

    @property
    def shared(self) -> bool:
        """Whether sandboxes map it; what holds no parameter is small, and each has its own."""
        return self.length > 0 and any(each.kind == "parameter" for each in self.tensors)


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """`slabs` are the files' sizes, `digests` what each of them was when it was made.

    `dtype` is the model's, which may keep some tensors in another.
    """

    dtype: str
    slabs: tuple[int, ...]
    digests: tuple[bytes, ...]
    storages: tuple[Storage, ...]

    @property
    def size_bytes(self) -> int:
        return sum(self.slabs)


def lay_out(
    groups: list[list[Place]], *, alignment: int, slab_bytes: int = SLAB_BYTES
) -> tuple[tuple[int, ...], list[Storage]]:
    """Returns the slabs' sizes, and where in them each group's storage comes to lie.

    No storage spans two slabs, so one that is larger has a slab of its own.
    """
    slabs = [0]
    storages = []
    numbers: dict[int, int] = {}
    for group in groups:
        length = group[0].tensor.untyped_storage().nbytes()
        room = -(-length // alignment) * alignment
        if slabs[-1] and slabs[-1] + room > slab_bytes:
            slabs.append(0)
        tensors = tuple(
            _described(place, numbers.setdefault(id(place.tensor), len(numbers))) for place in group
        )
        storages.append(Storage(len(slabs) - 1, slabs[-1], length, tensors))
        slabs[-1] += room
    return tuple(max(size, alignment) for size in slabs), storages


def dtype_of(tensor: Tensor) -> torch.dtype:
    """Raises ValueError for a dtype that this torch lacks."""
    found = getattr(torch, tensor.dtype, None)
    if not isinstance(found, torch.dtype):
        raise ValueError(f"{tensor.name}: torch has no dtype {tensor.dtype}")
    return found


def _described(place: Place, number: int) -> Tensor:
    tensor = place.tensor
    return Tensor(
        kind=place.kind,
        name=place.name,
        number=number,
        dtype=str(tensor.dtype).removeprefix("torch."),
        offset=int(tensor.storage_offset()),
        size=tuple(tensor.size()),
        stride=tensor.stride(),
        requires_grad=tensor.requires_grad,
    )
