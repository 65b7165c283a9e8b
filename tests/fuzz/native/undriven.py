"""Allowed entries that are not driven, and why. What is neither driven nor here fails a test."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from typing import Final

from .entries import Entry

_PYTHON = "Python over functions that are driven by themselves"
_DATA = "plain data: reads a field, computes nothing"
_DEVICE = "about a device that is not there"
_SAME = "another name of a method that is driven by its own"
_DRAWN = "called of each distribution, when that is driven"
_NEVER = "numpy raises for whatever arguments"

#: Shell patterns of paths, by reason.
_REASONS: Final[dict[str, str]] = {
    _PYTHON: """torch.optim.lr_scheduler.* torch.nn.modules.module.*
        torch.nn.modules.container.* torch.func.* torch.autograd.* torch.random.*
        torch.nn.Module torch.nn.ModuleDict torch.nn.ModuleList torch.nn.Sequential
        torch.optim.optimizer.Optimizer.* torch.utils.data.*
        torch.nn.utils.parametrize.*""",
    _DATA: """torch.return_types.* torch.finfo torch.finfo.* torch.iinfo torch.iinfo.*
        torch.dtype.* torch.device.* torch.Size.* torch.utils.hooks.* numpy.linalg._linalg.*
        numpy.finfo numpy.finfo.* numpy.iinfo numpy.iinfo.* numpy.dtype.*""",
    _NEVER: """numpy.ldexp.reduce numpy.ldexp.accumulate numpy.ldexp.reduceat
        numpy.generic.nonzero numpy.generic.swapaxes numpy.generic.trace""",
    _SAME: "torch.Tensor.__abs__ torch.Tensor.__neg__",
    _DRAWN: """torch.distributions.distribution.* torch.distributions.[a-z]*.*""",
    _DEVICE: "torch.cuda.* torch.Tensor.cuda",
}
_PATTERNS: Final = tuple(
    (pattern, why) for why, patterns in _REASONS.items() for pattern in patterns.split()
)


def unused(entries: Iterable[Entry]) -> list[str]:
    """Patterns that no entry has: the rows they were for are gone."""
    paths = [each.path for each in entries]
    return [pattern for pattern, _ in _PATTERNS if not fnmatch.filter(paths, pattern)]


def reason_for(entry: Entry) -> str | None:
    """Why the entry is not driven, or None."""
    for pattern, why in _PATTERNS:
        if fnmatch.fnmatchcase(entry.path, pattern):
            return why
    return None
