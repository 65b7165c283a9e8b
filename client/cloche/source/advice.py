"""Advise on values that cannot be sent, and tell those that may travel beside the source."""

from __future__ import annotations

import io
import sys
import types

import numpy as np

from cloche.contract.errors import SourceError

# Data that people write down is not nested deeper; this recursion could not go much further.
_DEEPEST = 200
_PLAIN = frozenset(
    {
        type(None),
        bool,
        int,
        float,
        complex,
        str,
        bytes,
        list,
        tuple,
        dict,
        set,
        frozenset,
        np.ndarray,
    }
)


def travels(value: object, parents: frozenset[int] = frozenset()) -> bool:
    """Whether the wire carries `value` as exactly what it is.

    The codec sends a subclass as its base; a value that a function holds without its caller
    thinking of it must not change its type on the way.
    """
    kind = type(value)
    torch = sys.modules.get("torch")
    if torch is not None and kind in (torch.Tensor, torch.nn.Parameter):
        return True
    if issubclass(kind, np.generic):
        return True
    if kind not in _PLAIN or id(value) in parents or len(parents) > _DEEPEST:
        return False
    inside = parents | {id(value)}
    if isinstance(value, dict):
        return all(travels(k, inside) and travels(v, inside) for k, v in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(travels(item, inside) for item in value)
    return True


def is_stateless_module(value: object) -> bool:
    """Whether a torch module has nothing but its settings, as a loss has."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.nn.Module):
        return False
    return type(value).__module__.startswith("torch.") and not value.state_dict()


def label(value: object) -> str:
    """What messages call a value's type."""
    kind = type(value)
    builtin = kind.__module__ == "builtins"
    return kind.__qualname__ if builtin else f"{kind.__module__}.{kind.__qualname__}"


def refusal(name: str, value: object, user: str) -> SourceError:
    """The error for a value that is neither source nor data."""
    called = label(value)
    article = "an" if called[0].lower() in "aeiou" else "a"
    return SourceError(
        f"{name!r} ({article} {called}) is used by {user} and cannot be sent as source; "
        f"{_instead(value)}"
    )


def local_module(name: str, module: types.ModuleType, user: str) -> SourceError:
    """The error for a module of the caller's own, used through its name."""
    return SourceError(
        f"{name!r}, used by {user}, is the module {module.__name__}, a file the server does not "
        f"have; import what you use from it by name: from {module.__name__} import ..."
    )


def _instead(value: object) -> str:
    bases = {f"{base.__module__}.{base.__name__}" for base in type(value).__mro__}
    if isinstance(value, io.IOBase):
        return "read it first and pass what it holds as an argument"
    if any(base.startswith("cloche.") for base in bases):
        return "a technique runs on the server and cannot call a client"
    if "torch.nn.modules.module.Module" in bases:
        return (
            "the served model is the technique's first argument; of another module pass the "
            "tensors in state_dict() as an argument"
        )
    if any("Tokenizer" in base for base in bases):
        return "the served tokenizer is the technique's second argument"
    if isinstance(value, types.MethodType):
        return "use a plain function instead of a method bound to an object"
    if type(value).__module__ in ("_thread", "threading", "logging", "asyncio.locks"):
        return "leave it out: nothing else runs in the sandbox; print() comes back to you"
    return "create it inside the function, or pass plain values, arrays or tensors as arguments"
