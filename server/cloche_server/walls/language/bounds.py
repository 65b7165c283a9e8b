"""Bounds the counts, sizes and offsets that native code is given.

Kernels add and multiply them without a look: near 2**31 and 2**63 a sum wraps around, and what is
made is smaller than what is written. No honest count comes near; values may be any number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import torch

from .diagnostics import AccessRefused
from .slots import mro_of

#: What a count, a size or an offset stays below, either sign.
LIMIT: Final = 2**31
#: How many elements sizes may make together.
ELEMENTS: Final = 2**40


def check_count(value: Any, what: str) -> None:
    """Looks at every integer in what a function takes for a count, at any depth.

    Args:
        what: names the function and its parameter, for the refusal.

    Raises:
        AccessRefused: one is too large.
    """
    for number in _numbers(value):
        if not -LIMIT < number < LIMIT:
            raise AccessRefused(
                f"{what} of {number} refused: counts, sizes and offsets lie within 2**31",
                hint="a smaller number does; values, such as fill_value, may be larger",
                code="argument-refused",
            )


def _numbers(value: Any) -> Iterator[int]:
    """The integers in a value, or those between which the others lie."""
    mro = mro_of(type(value))
    if int in mro:
        yield int.__index__(value)
    elif np.integer in mro:
        yield int(value)
    elif range in mro:
        yield from (value[0], value[-1]) if value else ()
    elif tuple in mro or list in mro:
        for each in (tuple if tuple in mro else list).__iter__(value):
            yield from _numbers(each)
    elif np.ndarray in mro and value.dtype.kind in "iu" and value.size:
        yield from (int(value.min()), int(value.max()))
    elif torch.Tensor in mro and not value.is_floating_point() and value.numel():
        yield from map(int, torch.aminmax(value.detach()))


def check_sizes(sizes: Any, what: str) -> None:
    """Refuses sizes whose product is beyond all memory: a view of zero stride would have them."""
    product = 1
    for each in sizes:
        if type(each) is int:
            product *= abs(each) or 1
    if product >= ELEMENTS:
        raise AccessRefused(
            f"{what}: {product} elements refused, more than 2**40",
            hint="make fewer; views of one element count as many",
            code="argument-refused",
        )
