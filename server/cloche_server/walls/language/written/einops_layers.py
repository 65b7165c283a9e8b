"""The two operations as layers."""

import einops
from torch import nn


class Rearrange(nn.Module):
    def __init__(self, pattern, **axes_lengths):
        super().__init__()
        self.pattern = pattern
        self.axes_lengths = axes_lengths

    def forward(self, x):
        return einops.rearrange(x, self.pattern, **self.axes_lengths)

    def __repr__(self):
        return f"Rearrange({_described(self.pattern, self.axes_lengths)})"


class Reduce(nn.Module):
    def __init__(self, pattern, reduction, **axes_lengths):
        super().__init__()
        self.pattern = pattern
        self.reduction = reduction
        self.axes_lengths = axes_lengths

    def forward(self, x):
        return einops.reduce(x, self.pattern, self.reduction, **self.axes_lengths)

    def __repr__(self):
        said = _described(self.pattern, {})
        return f"Reduce({said}, {_described(self.reduction, self.axes_lengths)})"


def _described(text, lengths):
    return ", ".join([repr(text), *(f"{name}={length}" for name, length in lengths.items())])
