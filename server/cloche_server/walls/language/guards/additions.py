"""What a technique itself put on a real object: it may be read, replaced and deleted again.

The record lies in the object's own `__dict__`, under a key that no source can spell, so that it
is copied and dies with what it speaks of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..bounds import LIMIT
from ..names import is_dunder
from ..private_names import asked_names, private_names
from ..slots import class_name, data_of, mro_of, owner_of

if TYPE_CHECKING:
    from .guards import Guards

#: The key of the record.
ADDED: Final = " added"
#: Where a module keeps what its `__getattr__` finds.
REGISTERS: Final = ("_parameters", "_buffers", "_modules")
_LEAD_NOWHERE: Final = (bool, int, float, list, dict, tuple, type(None))


def has_added(obj: Any, name: str) -> bool:
    return name in data_of(obj).get(ADDED, ())


def note(obj: Any, name: str) -> None:
    data_of(obj).setdefault(ADDED, set()).add(name)


def forget(obj: Any, name: str) -> None:
    data_of(obj).get(ADDED, set()).discard(name)


def registered(obj: Any, name: str) -> bool:
    """Whether a module has a parameter, buffer or submodule of that name."""
    return any(name in data_of(obj).get(each, ()) for each in REGISTERS)


def is_a(value: Any, base: str) -> bool:
    """Whether it is torch's own Tensor or Module, or derives from it."""
    return any(
        class_name(each) == base and each.__module__.startswith("torch")
        for each in mro_of(type(value))
    )


def is_free(cls: type, name: str) -> bool:
    """Whether neither the class nor its methods use the name: then a technique may."""
    if is_dunder(name) or owner_of(mro_of(cls), name)[0] >= 0:
        return False
    private = name.startswith("_")
    return not private or not any(name in private_names(each) for each in _real(cls))


def may_hold(guards: Guards, cls: type, name: str, value: Any) -> bool:
    """Whether a new name may hold the value.

    A name that the class's own methods ask for leads nowhere with plain data; what else a
    technique may be handed goes under a name that nobody asks for.
    """
    if type(value) is int and not -LIMIT < value < LIMIT:
        return False
    if name.startswith("_"):
        # Other libraries keep hooks of theirs under such names, and call what they find there.
        return type(value) in (*_LEAD_NOWHERE, str) or is_a(value, "Tensor")
    if type(value) in _LEAD_NOWHERE or is_a(value, "Module") or is_a(value, "Tensor"):
        return True
    asked = any(name in asked_names(each) for each in _real(cls))
    return not asked and guards.reading.is_held(value)


def _real(cls: type) -> tuple[type, ...]:
    return tuple(each for each in mro_of(cls) if each is not object)


def module_data(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """Any other name of a real module: replace like by like, or what the technique added."""
    data = data_of(obj)
    if not is_free(type(obj), name):
        return False
    if has_added(obj, name):
        return may_hold(guards, type(obj), name, value)
    if registered(obj, name):
        return not name.startswith("_") and (
            value is None or is_a(value, "Module") or is_a(value, "Tensor")
        )
    if name in data:
        return not name.startswith("_") and like_by_like(data[name], value)
    return may_hold(guards, type(obj), name, value)


def tensor_data(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """A note on a tensor; under a leading underscore the libraries keep theirs."""
    if name.startswith("_") or not is_free(type(obj), name):
        return False
    if name in data_of(obj) and not has_added(obj, name):
        return False
    return guards.reading.is_held(value)


def like_by_like(old: Any, value: Any) -> bool:
    """Whether a number may take the place of another."""
    if type(old) is int and old > 0 and not (type(value) is int and value > 0):
        # A count of heads or groups: torch divides by it.
        return False
    if type(value) is int and not -LIMIT < value < LIMIT:
        return False
    return type(old) in (bool, int, float) and type(value) in (type(old), int)
