"""Stand-ins for what cannot be handed out as it is.

An adapter is made once for each call: a function of the call's guards that returns the stand-in.
What is handed out must be safe whoever calls it, with whatever arguments: library code calls a
technique's objects back with the technique's own values.
"""

from __future__ import annotations

from . import (  # they register
    builtins,  # noqa: F401
    cached_property,  # noqa: F401
    chain_map,  # noqa: F401
    classes,  # noqa: F401
    generators,  # noqa: F401
    hooks,  # noqa: F401
    interpreter_bugs,  # noqa: F401
    iterators,  # noqa: F401
    libraries,  # noqa: F401
    methods,  # noqa: F401
    numpy_dtype,  # noqa: F401
    octets,  # noqa: F401
    ordered_dict,  # noqa: F401
    parametrize,  # noqa: F401
    standard_library,  # noqa: F401
    torch_data,  # noqa: F401
    views,  # noqa: F401
)
from .registry import ADAPTERS

__all__ = ["ADAPTERS"]
