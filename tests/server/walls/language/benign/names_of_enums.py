"""Parts of a layer by the members of an enum that are text."""

from enum import Enum


class Part(str, Enum):  # noqa: UP042  # as most people write it
    ATTENTION = "attn"
    MLP = "mlp"


def technique(model, tokenizer):
    layer = model.transformer.h[0]
    return {
        each.value: sum(p.numel() for p in getattr(layer, each).parameters()) for each in Part
    }, getattr(layer, "x", None)
