"""Tell modules that the server can import from the caller's own files."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
import sysconfig
import types
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

# Installed from a checkout they look like the caller's own files; the server has them all the same.
_SERVER_HAS = frozenset({"cloche", "numpy", "torch", "transformers"})

_SERVER_MAY_HAVE = _SERVER_HAS | {
    "einops", "peft", "tokenizers", "safetensors", "accelerate", "huggingface_hub", "scipy",
    "sklearn", "tqdm", "pandas", "matplotlib",
}  # fmt: skip

#: Where each library hands out what it defines elsewhere, the shortest name first.
_PUBLIC = {
    "torch": ("", "nn", "nn.functional", "nn.init", "nn.utils", "nn.utils.rnn", "optim",
              "optim.lr_scheduler", "linalg", "fft", "special", "autograd", "distributions",
              "utils.data"),
    "numpy": ("", "linalg", "random", "fft"),
    "transformers": ("", "cache_utils", "modeling_outputs"),
    "einops": ("", "layers.torch"),
    "random": ("",),
    "math": ("",),
}  # fmt: skip
#: Kinds of functions in C, which do not say where they live.
UNPLACED = frozenset(
    {
        "ufunc",
        "_ArrayFunctionDispatcher",
        "builtin_function_or_method",
        "cython_function_or_method",
        "method",
    }
)
#: Libraries that load their parts when they are asked for.
_LATE = frozenset({"transformers", "einops", "cloche"})
_NOTHING = types.ModuleType("nothing")


def server_may_have(name: str) -> bool:
    """Whether a server may be able to import the module, or says best itself why it cannot."""
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or top in _SERVER_MAY_HAVE


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
    """(module, attribute) under which an installed module hands out exactly this object.

    The public one where there is one: torch.nn.Linear says that it lives in
    torch.nn.modules.linear, torch.relu and numpy.exp do not say where they live.
    """
    kind = type(value)
    # Only functions and classes say truly where they live; an instance speaks of its class.
    speaks = isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType))
    if not speaks and kind.__name__ not in UNPLACED:
        return None
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(name, str):
        return None
    module = getattr(value, "__module__", None)
    said = module if isinstance(module, str) else ""
    if said and (is_local(said) or "." in name):
        # A method, or a class inside one: of the caller's, or nothing that can be imported.
        said = ""
    attribute = name.rpartition(".")[2]
    homes = list(_homes(said))
    for home in homes:
        if _handed_out(home, attribute) is value:
            return home, attribute
    # torch.linalg.svd calls itself linalg_svd.
    for home in homes:
        for public, held in vars(sys.modules.get(home, _NOTHING)).items():
            if held is value and not public.startswith("_"):
                return home, public
    return (said, attribute) if said and _handed_out(said, attribute) is value else None


def _handed_out(home: str, attribute: str) -> object:
    """An attribute of a loaded module."""
    loaded = sys.modules.get(home)
    if loaded is None:
        return None
    found = vars(loaded).get(attribute)
    if found is None and home.partition(".")[0] in _LATE:
        with contextlib.suppress(Exception):
            found = getattr(loaded, attribute)
    return found


def _homes(said: str) -> Iterator[str]:
    """Where to look for a public name: above the module that an object names, the usual places of
    its library, and there.
    """
    top = said.partition(".")[0]
    parts = said.split(".")
    if top in _PUBLIC or "." in said:
        yield from (".".join(parts[:length]) for length in range(1, len(parts)))
    for library in (top,) if top else _PUBLIC:
        yield from (f"{library}.{name}" if name else library for name in _PUBLIC.get(library, ()))
