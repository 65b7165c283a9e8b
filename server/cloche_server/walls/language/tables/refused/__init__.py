"""The refused names: rows with a reason each, beside the allowed ones.

Nothing is refused because of these rows: the wall refuses what no row allows. They record that
somebody looked. A name of an installed library that is neither here nor in the allowlist, nor falls
under a rule of audit.py, fails a test.
"""

from __future__ import annotations

from typing import Final

from ..rows import Refusal
from . import numpy, standard_library, torch, torch_nn, torch_tensor, transformers, utilities

REFUSALS: Final[tuple[Refusal, ...]] = (
    *standard_library.REFUSALS,
    *utilities.REFUSALS,
    *torch.REFUSALS,
    *torch_tensor.REFUSALS,
    *torch_nn.REFUSALS,
    *numpy.REFUSALS,
    *transformers.REFUSALS,
)
