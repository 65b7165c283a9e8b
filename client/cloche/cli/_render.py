"""Results for people, and as JSON."""

import base64
import math
from datetime import datetime
from typing import Any

import numpy as np
from rich.console import RenderableType
from rich.tree import Tree

from cloche.cli._console import plain
from cloche.client.arrays import as_array

_SHOWN_ITEMS = 20
_SHOWN_TEXT = 400
_SHOWN_DEPTH = 12
# Python writes no more than 4,300 decimal digits.
_SHOWN_BITS = 4_096


def render(value: object) -> RenderableType:
    """A result to look at: containers as a tree, arrays and tensors by shape, dtype and range."""
    if _children(value) and not _is_short(value):
        tree = Tree(plain(_label(value)), guide_style="dim")
        _grow(tree, value)
        return tree
    return plain(one_line(value))


def one_line(value: object) -> str:
    """A value in one line."""
    if isinstance(value, int) and value.bit_length() > _SHOWN_BITS:
        return f"int, {value.bit_length():,} bits"
    array = as_array(value)
    if array is not None:
        return _describe(value, array)
    if isinstance(value, str):
        cut = "…" if len(value) > _SHOWN_TEXT else ""
        return repr(value[:_SHOWN_TEXT]) + cut
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (bytes, bytearray)) and len(value) > 32:
        return f"bytes, {len(value):,}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{one_line(k)}: {one_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        left, right = "[]" if isinstance(value, list) else "()"
        one = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return left + ", ".join(one_line(item) for item in value) + one + right
    if isinstance(value, (set, frozenset)) and len(value) > _SHOWN_ITEMS:
        return _label(value)
    if isinstance(value, (set, frozenset)) and value:
        inside = ", ".join(sorted(map(one_line, value)))
        return f"{{{inside}}}" if isinstance(value, set) else f"frozenset({{{inside}}})"
    return repr(value)


def to_json(value: object) -> Any:
    """A value of JSON types: arrays as nested lists, complex as [real, imaginary], bytes as base64.

    Numbers that JSON lacks become "nan", "inf" and "-inf"; whole numbers too long to be written in
    digits become text, in hexadecimal.
    """
    if isinstance(value, int) and value.bit_length() > _SHOWN_BITS:
        return hex(value)
    array = as_array(value)
    if array is not None:
        return to_json(array.tolist())
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, complex):
        return [to_json(value.real), to_json(value.imag)]
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {k if isinstance(k, str) else one_line(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if isinstance(value, (set, frozenset)):
        items = [to_json(item) for item in value]
        try:
            return sorted(items)
        except TypeError:
            return sorted(items, key=repr)
    if isinstance(value, datetime):
        return value.isoformat()
    return repr(value)


def _grow(tree: Tree, value: object, depth: int = 0) -> None:
    if depth >= _SHOWN_DEPTH:
        tree.add(plain("…", "dim"))
        return
    children = _children(value)
    for name, child in children[:_SHOWN_ITEMS]:
        if _children(child) and not _is_short(child):
            _grow(tree.add(plain(f"{name}: {_label(child)}")), child, depth + 1)
        else:
            tree.add(plain(f"{name}: {one_line(child)}"))
    if len(children) > _SHOWN_ITEMS:
        tree.add(plain(f"… {len(children) - _SHOWN_ITEMS:,} more", "dim"))


def _children(value: object) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [(k if isinstance(k, str) else one_line(k), v) for k, v in value.items()]
    if isinstance(value, (list, tuple)):
        return [(str(index), item) for index, item in enumerate(value)]
    return []


def _is_short(value: object) -> bool:
    """Whether a container fits a line."""
    children = _children(value)
    flat = not any(_children(child) for _, child in children)
    return flat and len(children) <= _SHOWN_ITEMS and len(one_line(value)) <= 70


def _label(value: object) -> str:
    count = len(value)  # type: ignore[arg-type]  # a container
    return f"{type(value).__name__}, {count:,} item{'s' if count != 1 else ''}"


def _describe(value: Any, array: np.ndarray[Any, Any]) -> str:
    kind = "tensor" if type(value).__module__.startswith("torch") else "array"
    dtype = str(value.dtype).removeprefix("torch.")
    shape = "×".join(str(length) for length in array.shape) or "scalar"
    head = f"{kind} {dtype} [{shape}]"
    if array.size == 0:
        return f"{head}, empty"
    if array.size <= 8:
        return f"{head} = {one_line(array.tolist())}"
    if array.dtype == bool:
        return f"{head}, {int(array.sum()):,} true"
    if array.dtype.kind not in "iuf":
        return head
    real = array.astype(np.float64)
    finite = real[np.isfinite(real)]
    odd = array.size - finite.size
    note = f", {odd:,} not finite" if odd else ""
    if not finite.size:
        return head + note
    return (
        f"{head}, min {finite.min():.4g}, mean {finite.mean():.4g}, max {finite.max():.4g}, "
        f"std {finite.std():.4g}{note}"
    )
