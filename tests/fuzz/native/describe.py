"""A case as a line of text, for who reads a finding."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from .entries import Entry
from .samples import Call


def describe(entry: Entry, call: Call, graded: list[torch.Tensor]) -> str:
    """The call as a line of text."""
    given = [text(each) for each in call.args]
    given += [f"{key}={text(each)}" for key, each in call.options.items()]
    line = f"{entry.path}({', '.join(given)})"
    if call.inputs or call.named:
        given = [text(each) for each in call.inputs]
        given += [f"{key}={text(each)}" for key, each in call.named.items()]
        line += f"({', '.join(given)})"
    return line + (", with derivatives" if graded else "")


def text(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        stride = "" if value.is_contiguous() else f" stride {tuple(value.stride())}"
        kind = str(value.dtype).removeprefix("torch.")
        return f"<{kind} {tuple(value.shape)}{stride}{_values(value)}>"
    if isinstance(value, np.ndarray):
        stride = "" if value.flags.c_contiguous else f" strides {value.strides}"
        return f"<{value.dtype} array {value.shape}{stride}{_values(value)}>"
    if type(value) in (list, tuple):
        inner = ", ".join(text(each) for each in value[:8])
        more = ", ..." if len(value) > 8 else ""
        return f"[{inner}{more}]" if type(value) is list else f"({inner}{more})"
    return repr(value)[:200]


def _values(value: Any) -> str:
    """All values of a small tensor or array; of a larger one those that stand out."""
    if isinstance(value, torch.Tensor):
        if value.layout is not torch.strided:
            return ""
        value = value.detach()
        if value.is_floating_point():
            value = value.double()  # numpy has not all of torch's types
        value = value.reshape(-1).resolve_conj().resolve_neg().numpy()
    if value.size <= 12 or value.dtype.kind not in "iufc":
        return f" {value.tolist()}" if value.size <= 12 else ""
    if value.dtype.kind == "c":
        value = value.real
    counts = np.count_nonzero(np.isnan(value)) if value.dtype.kind == "f" else 0
    return f" from {value.min()} to {value.max()}" + (f", {counts} NaN" if counts else "")
