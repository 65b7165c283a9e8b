"""Words for arguments. A recipe is a line of them, evaluated afresh for each case."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, Final

import numpy as np
import torch

#: Each word makes a new numpy value; tensors are made of the same.
_ARRAYS: Final[dict[str, Callable[[np.random.Generator], Any]]] = {
    "v": lambda g: g.random(6, "f4"),
    "w": lambda g: g.random(4, "f4"),
    "m": lambda g: g.random((3, 4), "f4"),
    "m2": lambda g: g.random((4, 3), "f4"),
    "q": lambda g: np.eye(3, dtype="f4") * 3 + g.random((3, 3), "f4"),
    "spd": lambda g: np.eye(3, dtype="f4") * 2,
    "t3": lambda g: g.random((2, 3, 4), "f4"),
    "t4": lambda g: g.random((2, 3, 4, 4), "f4"),
    "x0": lambda g: np.array(g.random(), "f4"),
    "c": lambda g: (g.random(6) + 1j * g.random(6)).astype("c8"),
    "i": lambda g: g.integers(0, 3, 6),
    "i2": lambda g: g.integers(0, 3, (3, 4)),
    "up": lambda g: np.arange(6.0, dtype="f4"),
    "b": lambda g: g.random(6) < 0.5,
    "b2": lambda g: g.random((3, 4)) < 0.5,
    "u": lambda g: g.integers(0, 255, 8).astype("u1"),
    "p": lambda g: np.full(4, 0.25),
    "day": lambda g: np.array(["2020-01-01", "NaT"], "M8[D]"),
    "z6": lambda g: np.zeros(6, "f4"),
}
_PLAIN: Final[dict[str, Callable[[Random], Any]]] = {
    "k": lambda r: 2,
    "one": lambda r: 1,
    "zero": lambda r: 0,
    "n": lambda r: r.randrange(1, 6),
    "ax": lambda r: 0,
    "s": lambda r: 1.5,
    "h": lambda r: 0.5,
    "sh": lambda r: (2, 3),
    "flag": lambda r: r.random() < 0.5,
}


class Words(dict[str, Any]):
    """Answers each word with a new value; of torch, or of numpy."""

    def __init__(self, rng: Random, of_torch: bool, own: Any) -> None:
        super().__init__(
            own=own, np=np, torch=torch, inf=math.inf, nan=math.nan,
            call=lambda *args, **options: (args, options),
        )  # fmt: skip
        self._rng = rng
        self._of_torch = of_torch
        self._generator = np.random.default_rng(rng.getrandbits(32))

    def __missing__(self, word: str) -> Any:
        if word in _PLAIN:
            return _PLAIN[word](self._rng)
        if word == "graded":
            return _with_gradient(self["m"])
        if word == "dt":
            return torch.float64 if self._of_torch else np.dtype("f8")
        if word == "gen":
            return torch.Generator()
        array = _ARRAYS[word](self._generator)
        if self._of_torch and array.dtype.kind != "M":
            return torch.from_numpy(np.array(array))
        return array


def _with_gradient(tensor: torch.Tensor) -> torch.Tensor:
    tensor.grad = tensor.clone()
    return tensor


def evaluate(line: str, words: Words) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that a line such as "m, k, axis=0" stands for."""
    args, options = eval(f"call({line})", {}, words)
    return list(args), dict(options)
