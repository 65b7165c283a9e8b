"""Which modules the server can import for itself, and which are the caller's own files."""

from __future__ import annotations

import importlib.util
import sys
import sysconfig
import types
from functools import lru_cache
from pathlib import Path

# Installed from a checkout they look like the caller's own files; the server has them all the same.
_SERVER_HAS = frozenset({"cloche", "numpy", "torch", "transformers"})

_HAND_OUT = ("torch", "numpy")
_UNPLACED = frozenset({"builtin_function_or_method", "ufunc"})


def is_local(name: str) -> bool:
    """Whether module `name` is the caller's own code, which only goes along as source."""
    top = name.partition(".")[0]
    if not top or top in ("__main__", "__mp_main__"):
        return True
    if top in sys.stdlib_module_names or top in sys.builtin_module_names or top in _SERVER_HAS:
        return False
    module = sys.modules.get(name) or sys.modules.get(top)
    spec = getattr(module, "__spec__", None)
    if spec is None and module is None:
        try:
            spec = importlib.util.find_spec(top)
        except (ImportError, ValueError):
            return True
        if spec is None:
            # Neither here nor loaded: an import that only the server can serve, or nobody.
            return False
    file = getattr(module, "__file__", None) or getattr(spec, "origin", None)
    if file is None:
        locations = list(getattr(spec, "submodule_search_locations", None) or [])
        file = locations[0] if locations else None
    if file in (None, "built-in", "frozen"):
        # Made at run time (types.ModuleType): nothing that another process could import.
        return file is None
    return not _is_installed(str(file))


@lru_cache(maxsize=1024)
def _is_installed(file: str) -> bool:
    path = Path(file).resolve()
    if {"site-packages", "dist-packages"} & set(path.parts):
        return True
    roots = (sysconfig.get_path(key) for key in ("stdlib", "platstdlib"))
    return any(path.is_relative_to(Path(root).resolve()) for root in roots)


def importable_as(value: object) -> tuple[str, str] | None:
    """(module, attribute) under which an installed module hands out exactly this object."""
    for home_name in _HAND_OUT:
        # torch.relu and numpy.exp do not say where they live.
        home = sys.modules.get(home_name)
        if home is not None and type(value).__name__ in _UNPLACED:
            called = str(getattr(value, "__name__", ""))
            if vars(home).get(called) is value:
                return home_name, called
    # Only functions and classes say truly where they live; an instance speaks of its class.
    if not isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        return None
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not (isinstance(module, str) and isinstance(name, str)) or "." in name or is_local(module):
        return None
    home = sys.modules.get(module)
    return (module, name) if home is not None and getattr(home, name, None) is value else None
