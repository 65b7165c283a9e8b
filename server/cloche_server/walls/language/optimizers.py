"""Lets techniques derive from `torch.optim.Optimizer`: torch leaves their classes as they are.

torch puts a wrapper for profilers into the class of each optimizer, and a scheduler another into
the object: past the guards, under a name that the technique calls.
"""

from __future__ import annotations

import types
from typing import Any

from .kernels import replaces
from .names import MARK
from .slots import dict_of, mro_of, owner_of


def harden_optimizers() -> None:
    """Idempotent."""
    from torch.optim import Optimizer

    def make(original: Any) -> Any:
        def _patch_step_function(self: Any) -> None:
            mro = mro_of(type(self))
            if not any(MARK in dict_of(each) for each in mro):
                original(self)
                return
            self._zero_grad_profile_name = "Optimizer.zero_grad"
            # As if a scheduler had wrapped the step, and seen it called.
            self._opt_called = True
            index, step = owner_of(mro, "step")
            if MARK in dict_of(mro[index]) and type(step) is types.FunctionType:
                vars(step)["_wrapped_by_lr_sched"] = True

        return _patch_step_function

    replaces(Optimizer, "_patch_step_function", make)
