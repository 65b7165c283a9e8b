"""Runs a technique's own derivative: torch's node stays here, and only tensors are handed over.

`torch.autograd.Function` of techniques is written in their own language (`written/autograd.py`).
It knows nothing of torch's context, whose attributes lead to the graph, to classes of C and to
what other derivatives keep. This is the one door between the two.
"""

from __future__ import annotations

import functools
from typing import Any

import torch

from .slots import class_name


def derive(cls: type, forward: Any, backward: Any, /, *args: Any) -> Any:
    """The result of `forward`, whose derivative `backward` gives.

    Args:
        cls: whose name torch's errors show.
        forward: called with what needs a gradient, then `args`; gives the result, what to save,
            which results have no derivative, and whether missing gradients are made of zeros.
        backward: called with what was saved, what needs a gradient, then the gradients.
    """
    return _named(class_name(cls)).apply(forward, backward, *args)


class _Node(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, forward: Any, backward: Any, *args: Any) -> Any:
        result, saved, apart, filled = forward(ctx.needs_input_grad[2:], *args)
        # Tuples that nobody else has: torch walks them, and looks at what they hold.
        ctx.save_for_backward(*saved)
        ctx.mark_non_differentiable(*apart)
        ctx.set_materialize_grads(filled is not False)
        ctx.derivative = backward
        return result

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Any, ...]:
        # torch looks here whether what was saved has been changed since.
        found = ctx.derivative(ctx.saved_tensors, ctx.needs_input_grad[2:], *grads)
        return (None, None, *(found if type(found) is tuple else (found,)))


@functools.lru_cache(maxsize=64)
def _named(name: str) -> Any:
    return type(name, (_Node,), {})
