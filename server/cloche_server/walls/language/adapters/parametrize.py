"""`torch.nn.utils.parametrize`, by stand-ins; see parametrizations.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..parametrizations import (
    cached,
    is_parametrized,
    register_parametrization,
    remove_parametrizations,
)
from .registry import Adapter, adapts

if TYPE_CHECKING:
    from ..guards import Guards


def _stand_in(value: Any) -> Adapter:
    return lambda guards: value


for _each in (cached, is_parametrized, register_parametrization, remove_parametrizations):
    adapts(f"torch.nn.utils.parametrize.{_each.__name__}")(_stand_in(_each))


@adapts("torch.nn.utils.parametrize.type_before_parametrizations")
def make_type_before(guards: Guards) -> Callable[..., Any]:
    def type_before_parametrizations(module: Any) -> Any:
        return guards.reading.type_of(module)

    return type_before_parametrizations
