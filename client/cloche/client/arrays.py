"""Results as numpy has them, whatever library they came in."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def as_array(value: object) -> np.ndarray[Any, Any] | None:
    """An array or a tensor as numpy has it; None for anything else."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        tensor = value.detach().cpu()
        known = hasattr(np, str(tensor.dtype).removeprefix("torch."))
        # numpy has no bfloat16 and no float8; float32 holds each of their values.
        array: np.ndarray[Any, Any] = (tensor if known else tensor.float()).numpy()
        return array
    return None
