"""Quantised checkpoints: which are loaded as plain tensors, and what is checked of them.

transformers dequantises two formats while it loads, with torch alone. What it makes of a checkpoint
that is not as it expects is often another model without a word: a weight whose scale has another
name stays as it is, and blocks that do not divide a weight evenly are laid where they are not. So
the files' headers are compared with the configuration first, and what was loaded is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from safetensors import SafetensorError, safe_open

from cloche_server.models.errors import ModelError
from cloche_server.models.local import LocalModel, weight_files

if TYPE_CHECKING:
    from torch import nn

# What config.json calls them: e4m3 values with a scale for each block, as DeepSeek and Qwen publish
# them, and the experts of gpt-oss.
METHODS: Final = ("fp8", "mxfp4")

_SCALE: Final = "_scale_inv"
# One byte an element: values of fp8, or several packed values.
_PACKED: Final = frozenset({"F8_E4M3", "F8_E5M2", "F8_E8M0", "F4", "I8", "U8"})
_DEFAULT_BLOCK: Final = (128, 128)  # transformers', where config.json gives none


def prepare(local: LocalModel, config: Any, *, dequantize: bool) -> str:
    """Has transformers dequantise the weights while it loads them, if they are quantised.

    Args:
        local: the checked directory.
        config: the model's transformers configuration; changed in place.
        dequantize: whether the operator wants that.

    Returns:
        The quantisation's method, one of `METHODS`; empty where the weights are plain.

    Raises:
        ModelError: the weights are quantised and `dequantize` is False, or transformers cannot
            dequantise this checkpoint, or would do it wrongly.
    """
    settings = getattr(config, "quantization_config", None)
    # transformers looks there too; no checkpoint of `METHODS` is known to have its settings there.
    inner = getattr(config.get_text_config(decoder=True), "quantization_config", None)
    if settings is None and inner is None:
        return ""
    found = inner if settings is None else settings
    method = found.get("quant_method") if isinstance(found, dict) else None
    named = method or "quantization_config"
    says = f"{local.name}: its weights are quantised ({named} in config.json)"
    if settings is None or method not in METHODS:
        raise ModelError(
            f"{says}, which is not served: such layers run on kernels of a GPU, or keep packed "
            "data that sandboxes cannot share as plain tensors. Save it dequantised "
            "(model.dequantize(), then save_pretrained(...)) and serve that, in bfloat16 to save "
            "memory"
        )
    if not dequantize:
        raise ModelError(
            f"{says}; say --dequantize (dequantize=True) to load them as plain tensors of the "
            "chosen dtype, which take the memory of an ordinary model. bfloat16 saves memory"
        )
    if method == "fp8":
        _check_scales(local, settings.get("weight_block_size", _DEFAULT_BLOCK))
    settings["dequantize"] = True
    return str(method)


def check_loaded(local: LocalModel, model: nn.Module, unexpected: Iterable[str]) -> None:
    """Refuses a model that was not dequantised as a whole.

    Args:
        unexpected: the checkpoint's keys that found no place in the model.

    Raises:
        ModelError: a scale was left over, or a tensor is still packed.
    """
    unused = sorted(key for key in unexpected if key.endswith(_SCALE))
    if unused:
        raise ModelError(
            f"{local.name}: cannot be dequantised: transformers does not use {unused[0]} "
            f"({len(unused)} such scales), so those weights would be wrong"
        )
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        # A bool is a causal mask, as GPT-2 keeps one.
        if tensor.dtype.itemsize == 1 and str(tensor.dtype) != "torch.bool":
            raise ModelError(f"{local.name}: cannot be dequantised: {name} is still {tensor.dtype}")


def _check_scales(local: LocalModel, block: object) -> None:
    """Reads the files' headers only."""
    if block is not None and not _is_block(block):
        raise ModelError(
            f"{local.name}: weight_block_size in config.json is {block!r}; expected two whole "
            "numbers above 0"
        )
    tensors = _headers(local)
    for name, (dtype, shape) in sorted(tensors.items()):
        if dtype not in _PACKED or name.endswith(_SCALE):
            continue
        _, scales = tensors.get(name + _SCALE, ("", None))
        if scales is None:
            raise ModelError(
                f"{local.name}: cannot be dequantised: {name} is {dtype}, and there is no "
                f"{name}{_SCALE}"
            )
        if not _fits(shape, scales, block):
            raise ModelError(
                f"{local.name}: cannot be dequantised: {name} of {list(shape)} has scales of "
                f"{list(scales)}, not one for each whole block of weight_block_size {block}; "
                "transformers lays others out wrongly"
            )


def _is_block(block: object) -> bool:
    return (
        isinstance(block, (list, tuple))
        and len(block) == 2
        and all(type(size) is int and size > 0 for size in block)
    )


def _fits(shape: tuple[int, ...], scales: tuple[int, ...], block: Any) -> bool:
    """Whether the scales are one for each whole block, or one for all of a weight."""
    if block is None:
        return math.prod(scales) == 1
    if len(shape) < 2 or shape[:-2] != scales[:-2] or len(shape) != len(scales):
        return False
    return all(
        size == count * width or (count == 1 and size < width)
        for size, count, width in zip(shape[-2:], scales[-2:], block, strict=True)
    )


def _headers(local: LocalModel) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Of each tensor in the files: its type as safetensors writes it, and its shape."""
    found = {}
    try:
        for file in weight_files(local.path):
            with safe_open(file, framework="pt") as tensors:
                for name in tensors.keys():  # noqa: SIM118 - not a dict
                    part = tensors.get_slice(name)
                    found[name] = (str(part.get_dtype()), tuple(part.get_shape()))
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{local.name}: the weights cannot be read: {error}") from error
    return found
