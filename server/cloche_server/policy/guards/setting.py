"""Writing and deleting attributes and items.

A technique's own objects take any ordinary name. Real objects take what a Settable row lists, with
a value of the kind that the row's check accepts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from ..bounds import LIMIT
from ..copies import refuse_objects
from ..diagnostics import AccessRefused
from ..facades import Facade
from ..items import ArrayItems, ListItems
from ..names import ATTRIBUTE_HINTS, is_dunder
from ..slots import class_name, dict_of, is_class, mro_of, owner_of
from .hints import describe

if TYPE_CHECKING:
    from .guards import Guards

_FUNCTION_TEXT: Final = frozenset({"__name__", "__qualname__", "__doc__"})
_ITEM_TYPES: Final = (dict, list)


class WriteGuard:
    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        #: Names that may be set on instances of a technique's own class; decided once each.
        self._writable: dict[type, set[str]] = {}
        #: Dataclasses, each with a class whose objects take the fields that it sets.
        self.filled: set[tuple[type, type]] = set()
        #: Types whose items may be set, whatever the object: own ones join as they are met.
        self.settable: set[type] = set(_ITEM_TYPES)
        #: Those among them whose items may be set at any index: of a list, at a slice's, they not.
        self.keyed: set[type] = {dict}
        self.write = self._fast_write()
        self.target = self._make_target()

    def forget(self) -> None:
        self._writable.clear()
        self.filled.clear()

    def _fast_write(self) -> Callable[[Any, Any, str], None]:
        writable, slow = self._writable, self.slow_write

        def write(value: Any, obj: Any, name: str) -> None:
            try:
                known = name in writable[type(obj)]
            except KeyError:
                known = False
            if known:
                setattr(obj, name, value)
            else:
                slow(value, obj, name)

        return write

    def _make_target(self) -> type:
        """`target`(obj)["name"] stands for obj.name where Python wants a place to write to."""
        read, write, delete = self.guards.reading.read, self.write, self.delete

        class Target:
            __slots__ = ("obj",)

            def __init__(self, obj: Any) -> None:
                self.obj = obj

            def __getitem__(self, name: str) -> Any:
                return read(self.obj, name)

            def __setitem__(self, name: str, value: Any) -> None:
                write(value, self.obj, name)

            def __delitem__(self, name: str) -> None:
                delete(self.obj, name)

        return Target

    def slow_write(self, value: Any, obj: Any, name: str) -> None:
        cls = type(obj)
        guards = self.guards
        if guards.is_own_class(cls):
            self.check_own(obj, cls, name)
            guards.fast.shadow(name)
            if not guards.reading.changing:
                self._writable.setdefault(cls, set()).add(name)
                if name in guards.fast.sets:
                    guards.fast.sets[name].add(cls)
            setattr(obj, name, value)
        elif is_class(obj) and guards.is_own_class(obj):
            text = name in _FUNCTION_TEXT and type(value) is str
            if (is_dunder(name) and not text) or guards.classes.is_reserved_below(obj, name):
                raise self._refusal(obj, name)
            guards.reading.change(setattr, obj, name, value)
        elif guards.is_own_function(obj) or (id(obj) in guards.adopted and not is_class(obj)):
            if is_dunder(name) and not (name in _FUNCTION_TEXT and type(value) in (str, _NONE)):
                raise self._refusal(obj, name)
            setattr(obj, name, value)
        else:
            self._write_real(value, obj, cls, name)

    def write_past_own(self, value: Any, obj: Any, name: str) -> None:
        """What `super().__setattr__` does: the class's own `__setattr__` is not asked again."""
        cls = type(obj)
        if not self.guards.is_own_class(cls):
            raise self._refusal(obj, name)
        self.check_own(obj, cls, name)
        self.guards.fast.shadow(name)
        for each in mro_of(cls):
            if not self.guards.is_own_class(each) and "__setattr__" in dict_of(each):
                each.__setattr__(obj, name, value)  # type: ignore[call-arg]
                return

    def delete(self, obj: Any, name: str) -> None:
        cls = type(obj)
        guards = self.guards
        if guards.is_own_class(cls):
            self.check_own(obj, cls, name)
        elif (
            (not (is_class(obj) and guards.is_own_class(obj)) and not guards.is_own_function(obj))
            or is_dunder(name)
            or (is_class(obj) and guards.reading.is_reserved(obj, name))
        ):
            raise self._refusal(obj, name)
        guards.reading.change(delattr, obj, name)

    def check_own(self, obj: Any, cls: type, name: str) -> None:
        """A technique's own object, whose class may derive from a real one."""
        if is_dunder(name) or self.guards.reading.is_reserved(cls, name):
            raise self._refusal(obj, name)
        mro = mro_of(cls)
        index, raw = owner_of(mro, name)
        if index < 0 or self.guards.is_own_class(mro[index]):
            return
        settable = (self.guards.catalogue.settable.get(each, {}) for each in mro)
        if not any(name in each for each in settable) and raw is not None:
            raise AccessRefused(
                f"setting '{name}' of {describe(obj)} refused: "
                f"'{class_name(mro[index])}' uses that name itself",
                hint="choose another name",
                code="attribute-refused",
            )

    def _write_real(self, value: Any, obj: Any, cls: type, name: str) -> None:
        if cls is Facade:
            raise AccessRefused(
                f"setting '{name}' of a module refused: modules are read-only",
                hint="keep the value in a variable of your own",
                code="attribute-refused",
            )
        for each in mro_of(cls):
            rows = self.guards.catalogue.settable.get(each)
            check = rows and (rows.get(name) or rows.get("*"))
            if check:
                if CHECKS[check](self.guards, obj, name, value):
                    setattr(obj, name, value)
                    return
                raise AccessRefused(
                    f"setting '{name}' of {describe(obj)} to {describe(value)} refused",
                    hint=f"accepted here: {CHECK_TEXT[check]}",
                    code="attribute-refused",
                )
        raise self._refusal(obj, name)

    def items(self, obj: Any) -> Any:
        """The object, if its items may be set. Some real containers set attributes by item."""
        cls = type(obj)
        if self.guards.is_own_class(cls):
            self.settable.add(cls)
        if cls in self.settable:
            if list in mro_of(cls):
                return ListItems(obj)
            self.keyed.add(cls)
            return obj
        if self.guards.catalogue.use(cls).items:
            if cls is np.ndarray:
                refuse_objects(obj)
            if cls is np.ndarray or torch.Tensor in mro_of(cls):
                return ArrayItems(obj)
            return obj
        raise AccessRefused(
            f"setting an item of {describe(obj)} refused",
            hint="copy it into a dict or list of your own: dict(x)",
            code="item-refused",
        )

    def _refusal(self, obj: Any, name: str) -> AccessRefused:
        return AccessRefused(
            f"setting '{name}' of {describe(obj)} refused: not on the list",
            hint=ATTRIBUTE_HINTS.get(name, "keep the value in a variable or object of your own"),
            code="attribute-refused",
        )


_NONE = type(None)
Check = Callable[["Guards", Any, str, Any], bool]


def _number(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    return type(value) in (bool, int, _NONE) or (type(value) is float and math.isfinite(value))


def _flag(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    return type(value) is bool


def _text(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    return type(value) in (str, _NONE)


def _side(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    return type(value) is str and value in ("left", "right")


def _tensor(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    return value is None or _is_a(value, "Tensor")


def _alike(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """Derivatives go by what a tensor was on the way forward, but find it as it is."""
    return _is_a(value, "Tensor") and all(
        getattr(obj, each) == getattr(value, each)
        for each in ("shape", "dtype", "device", "layout")
    )


def _is_a(value: Any, base: str) -> bool:
    return any(
        class_name(each) == base and each.__module__.startswith("torch")
        for each in mro_of(type(value))
    )


def _ids(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    if type(value) is list:
        return all(type(each) is int for each in value)
    return type(value) in (int, _NONE)


def _forward(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    guards.calls.call(value)
    return True


def _module_data(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """Any other name of a real module: replace like by like, or add what nothing defines."""
    if name.startswith("_") or owner_of(mro_of(type(obj)), name)[0] >= 0:
        return False
    data = object.__getattribute__(obj, "__dict__")
    for registry in ("_parameters", "_buffers", "_modules"):
        if name in data[registry]:
            return value is None or _is_a(value, "Module") or _is_a(value, "Tensor")
    if name in data:
        old = data[name]
        if type(old) is int and old > 0 and not (type(value) is int and value > 0):
            # A count of heads or groups: torch divides by it.
            return False
        if type(value) is int and not -LIMIT < value < LIMIT:
            return False
        return type(old) in (bool, int, float) and type(value) in (type(old), int)
    # A new name: the libraries ask for some by name, so only what leads nowhere by itself.
    plain = type(value) in (bool, int, float, list, dict, tuple, _NONE)
    return plain or _is_a(value, "Module") or _is_a(value, "Tensor")


CHECKS: Final[dict[str, Check]] = {
    "number": _number,
    "flag": _flag,
    "text": _text,
    "side": _side,
    "tensor": _tensor,
    "alike": _alike,
    "ids": _ids,
    "forward": _forward,
    "module data": _module_data,
}
CHECK_TEXT: Final = {
    "number": "a number, a bool or None",
    "flag": "True or False",
    "text": "a str or None",
    "side": "'left' or 'right'",
    "tensor": "a tensor or None",
    "alike": "a tensor of the same shape, dtype and device; another, in a new nn.Parameter",
    "ids": "an int, a list of int, or None",
    "forward": "a function of yours",
    "module data": "a module, parameter or tensor in place of one, or a new name for plain data",
}

__all__ = ["CHECKS", "WriteGuard"]
