"""`vars`, `dir` and `x.__dict__`: copies that show what may be read, and nothing else."""

# ruff: noqa: A001  # stand-ins carry the names of what they stand in for

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..diagnostics import AccessRefused
from ..facades import ClassToken, Facade
from ..names import is_dunder
from ..slots import class_name, data_of, dict_of, function_dict, is_class, mro_of
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


@adapts("builtins.vars")
def make_vars(guards: Guards) -> Callable[..., Any]:
    read = guards.reading.read

    def vars(obj: Any, /) -> dict[str, Any]:
        """A copy: writing to it changes nothing."""
        if type(obj) in (Facade, ClassToken) or (is_class(obj) and not guards.is_own_class(obj)):
            raise AccessRefused(
                "vars() of a library's module or class refused",
                hint="dir(x) tells its names; name the attributes you need",
                code="call-refused",
            )
        if guards.is_own_function(obj):
            return dict(function_dict(obj))
        if is_class(obj):
            return _readable(obj, _listed(guards, obj), read)
        own = _held(obj)
        if own is None:
            name = class_name(type(obj))
            raise TypeError(f"vars() argument must have __dict__ attribute; a '{name}' has none")
        if guards.is_own_class(type(obj)):
            reserved = guards.reading.is_reserved
            return {key: own[key] for key in own if not reserved(type(obj), key)}
        return _readable(obj, own, read)

    return vars


def make_namespace(guards: Guards) -> Callable[[Any], dict[str, Any]]:
    """What `obj.__dict__` asks: `vars`, in the kind of error that an attribute has."""
    held = make_vars(guards)

    def namespace(obj: Any) -> dict[str, Any]:
        try:
            shown: dict[str, Any] = held(obj)
        except TypeError:
            raise AccessRefused(
                f"access to '__dict__' of a '{class_name(type(obj))}' refused: it shows none",
                hint="name the attributes you need; dir(x) tells which there are",
                code="attribute-refused",
            ) from None
        return shown

    return namespace


@adapts("builtins.dir")
def make_dir(guards: Guards) -> Callable[..., Any]:
    from ..guards.additions import REGISTERS

    read = guards.reading.read

    def dir(obj: Any, /) -> list[str]:
        """The names that may be read of the object."""
        if type(obj) is Facade:
            return sorted(obj.members)
        cls = obj if is_class(obj) else type(obj)
        names = {name for each in mro_of(cls) for name in _listed(guards, each)}
        own = None if is_class(obj) else _held(obj)
        if own is not None and guards.is_own_class(cls):
            names.update(own)
        elif own is not None:
            names.update(_readable(obj, own, read))
            names.update(*(_readable(obj, own[each], read) for each in REGISTERS if each in own))
        return sorted(name for name in names if not is_dunder(name))

    return dir


def _held(obj: Any) -> dict[str, Any] | None:
    """What the object holds by name; none where it holds nothing, or where names are not its own.

    Found through the bases: a class of its own may name an attribute `__dict__` never.
    """
    try:
        own = data_of(obj)
    except AttributeError:
        return None
    return own if type(own) is dict else None


def _listed(guards: Guards, cls: type) -> Iterable[str]:
    """What may be read of a class: its own names, or those that rows allow."""
    if guards.is_own_class(cls):
        return [key for key in dict_of(cls) if key[0] != " " and not is_dunder(key)]
    catalogue = guards.catalogue
    return (*catalogue.members.get(cls, ()), *catalogue.fields.get(cls, ()))


def _readable(obj: Any, names: Iterable[Any], read: Callable[[Any, str], Any]) -> dict[str, Any]:
    """Those names that may be read of the object, with what reading gives."""
    found = {}
    for name in list(names):
        if type(name) is not str or name[:1] in ("", " ") or is_dunder(name):
            continue
        try:
            found[name] = read(obj, name)
        except (AttributeError, AccessRefused):
            continue
    return found
