"""Puts tensors into a model that was made without any, where the manifest says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

from cloche_server.zygote.weights.manifest import Manifest, Storage, Tensor, dtype_of
from cloche_server.zygote.weights.storages import places


def require_fit(model: torch.nn.Module, manifest: Manifest) -> None:
    """Raises ValueError unless the manifest has each tensor that the model keeps, and no other."""
    ours = {(place.kind, place.name): tuple(place.tensor.size()) for place in places(model)}
    theirs = {
        (tensor.kind, tensor.name): tensor.size
        for storage in manifest.storages
        for tensor in storage.tensors
    }
    for kind, name in sorted(ours.keys() ^ theirs.keys()):
        where = "only the loaded model has" if (kind, name) in theirs else "no file holds"
        raise ValueError(f"{where} the {kind} {name}")
    for (kind, name), size in ours.items():
        if theirs[kind, name] != size:
            raise ValueError(f"the {kind} {name} is {theirs[kind, name]} as loaded, not {size}")


def shape(model: torch.nn.Module, manifest: Manifest) -> None:
    """Makes the model's tensors what they will be, but for their bytes: dtypes, ties, gradients."""
    fill(
        model,
        (
            (storage, torch.empty(storage.length, dtype=torch.uint8, device="meta"), 0)
            for storage in manifest.storages
        ),
    )


def fill(model: torch.nn.Module, filled: Iterable[tuple[Storage, torch.Tensor, int]]) -> None:
    """Gives the model its tensors.

    Args:
        filled: each storage of the manifest, bytes that hold it, and where in them it begins.
    """
    modules: dict[str, torch.nn.Module] = dict(model.named_modules(remove_duplicate=False))
    made: dict[int, torch.Tensor] = {}
    for storage, data, shift in filled:
        whole = data.untyped_storage()
        for tensor in storage.tensors:
            if tensor.number not in made:
                made[tensor.number] = _view(tensor, whole, shift, data.device)
            path, _, leaf = tensor.name.rpartition(".")
            _keeper(modules[path], tensor)[leaf] = made[tensor.number]


def _view(
    tensor: Tensor, whole: torch.UntypedStorage, shift: int, device: torch.device
) -> torch.Tensor:
    dtype = dtype_of(tensor)
    view = torch.empty(0, dtype=dtype, device=device)
    storage: Any = whole
    view.set_(storage, shift // dtype.itemsize + tensor.offset, tensor.size, tensor.stride)
    if tensor.kind == "parameter":
        return torch.nn.Parameter(view, requires_grad=tensor.requires_grad)
    return view


def _keeper(module: torch.nn.Module, tensor: Tensor) -> dict[str, Any]:
    """The dictionary that a module keeps tensors of this kind in."""
    if tensor.kind == "parameter":
        return module._parameters
    if tensor.kind == "buffer":
        return module._buffers
    return vars(module)
