"""Forward hooks of modules: what one answers with, a model indexes with or goes over.

A list in it would be the technique's own, which may change while C code walks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torch import nn

from ..copies import owned
from ..diagnostics import AccessRefused
from ..slots import class_name, mro_of
from .registry import Adapter, adapts

if TYPE_CHECKING:
    from ..guards import Guards


def _registering(name: str) -> Adapter:
    original = vars(nn.Module)[name]

    def make(guards: Guards) -> Callable[..., Any]:
        def register(module: Any, /, hook: Any, **options: Any) -> Any:
            if nn.Module not in mro_of(type(module)):
                raise AccessRefused(
                    f"'{name}' of a '{class_name(type(module))}' refused",
                    hint="call it on a module",
                    code="call-refused",
                )
            called = guards.calls.call(hook)

            def answer(*args: Any, **keywords: Any) -> Any:
                return owned(called(*args, **keywords), guards.is_own_class)

            return original(module, answer, **options)

        register.__name__ = name
        return register

    return make


for _name in ("register_forward_hook", "register_forward_pre_hook"):
    adapts(f"torch.nn:Module.{_name}")(_registering(_name))
