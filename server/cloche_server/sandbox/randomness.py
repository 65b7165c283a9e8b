"""The state of each library's random numbers when a call begins.

Python's `random`, numpy's legacy generator and torch's are all MT19937: given the same words of
seed, they would give the same numbers.
"""

from __future__ import annotations

import os
import random
from typing import Final

import numpy as np
import torch

# As many words as numpy's legacy seeding takes.
_NUMPY_SEED_MAX: Final = (1 << 32) - 1
_FRESH_BYTES: Final = 32


def seed_freshly() -> None:
    """Seeds each generator from the kernel, independently of the others."""
    _seed_torch(int.from_bytes(os.urandom(8), "little"))
    random.seed(os.urandom(_FRESH_BYTES))
    np.random.seed(np.frombuffer(os.urandom(_FRESH_BYTES), np.uint32))


def seed_with(seed: int) -> None:
    """Does what each library's own seeding with `seed`, 0 to 2**64 - 1, does.

    numpy's takes 32 bits. A longer seed is spread over its state by numpy's SeedSequence: split
    into words it would start the very sequence that `random.seed` starts.
    """
    _seed_torch(seed)
    random.seed(seed)
    fits = seed <= _NUMPY_SEED_MAX
    np.random.seed(seed if fits else np.random.SeedSequence(seed).generate_state(8))


def _seed_torch(seed: int) -> None:
    # Not torch.manual_seed: that asks every kind of accelerator, for 5 ms, and there is none.
    torch.default_generator.manual_seed(seed)
