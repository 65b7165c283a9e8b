"""Lets techniques derive from `torch.optim.Optimizer`: torch leaves their classes as they are.

torch puts a wrapper for profilers into the class of each optimizer, and a scheduler another into
the object: past the guards, under a name that the technique calls.
"""

from __future__ import annotations

import types
from typing import Any

from .copies import library_of
from .kernels import replaces
from .names import MARK
from .slots import dict_of, method_function, mro_of


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
            # As if a scheduler had seen the step called.
            self._opt_called = True

        return _patch_step_function

    replaces(Optimizer, "_patch_step_function", make)
    _harden_schedulers()


def _harden_schedulers() -> None:
    """A scheduler sets a function of its own on an optimizer, whose class may take it.

    It asks by `hasattr` whether the step has it already: so it hears.
    """
    from torch.optim import lr_scheduler

    def make(_: None) -> Any:
        def has(obj: Any, name: str, /) -> bool:
            if name == "_wrapped_by_lr_sched" and not _is_of_torch(obj):
                return True
            return hasattr(obj, name)

        return has

    replaces(lr_scheduler, "hasattr", make)


def _is_of_torch(step: Any) -> bool:
    return type(step) is types.MethodType and library_of(method_function(step)) == "torch"
