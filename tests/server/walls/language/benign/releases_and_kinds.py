"""Which releases run, and layers by their class."""

import numpy as np
import torch
import transformers
from transformers.pytorch_utils import Conv1D


def split(layer: Conv1D) -> list:
    return list(layer.weight.shape)


def technique(model, tokenizer):
    layers = [each for each in model.modules() if isinstance(each, (Conv1D, torch.nn.Linear))]
    new = torch.__version__.split("+")[0] >= "2.0"
    old = tuple(int(each) for each in transformers.__version__.split(".")[:1]) < (4,)
    text = f"{torch.__version__} {transformers.__version__} {np.__version__}"
    return (
        len(layers),
        split(layers[0]),
        new,
        old,
        text,
        np.__version__.count(".") >= 1,
    )
