"""Writing and deleting attributes and items.

A technique's own objects take any ordinary name. Real objects take what a Settable row lists, with
a value of the kind that the row's check accepts.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from ..copies import refuse_objects
from ..diagnostics import AccessRefused
from ..facades import Facade
from ..items import ArrayItems, KeyedItems, ListItems
from ..names import ATTRIBUTE_HINTS, is_dunder
from ..slots import class_name, data_of, dict_of, is_class, mro_of, owner_of
from .additions import (
    forget,
    has_added,
    is_a,
    like_by_like,
    module_data,
    note,
    registered,
    tensor_data,
)
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
            if name in guards.catalogue.overridable:
                guards.classes.check_called(class_name(obj), mro_of(obj)[1:], name, value)
            guards.reading.change(setattr, obj, name, value)
        elif guards.is_own_function(obj) or (id(obj) in guards.adopted and cls is FunctionType):
            # An alias of `typing` is adopted, too: what is set on one is set on its class.
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
        self.set_past_own(obj, name, value)

    def set_past_own(self, obj: Any, name: str, value: Any) -> None:
        """What the nearest real base does to set it; nothing is asked."""
        for each in mro_of(type(obj)):
            if not self.guards.is_own_class(each) and "__setattr__" in dict_of(each):
                each.__setattr__(obj, name, value)  # type: ignore[call-arg]
                return

    def delete(self, obj: Any, name: str) -> None:
        cls = type(obj)
        guards = self.guards
        if guards.is_own_class(cls):
            self.check_own(obj, cls, name)
        elif self._is_deletable(obj, cls, name):
            delattr(obj, name)
            forget(obj, name)
            return
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
        check = self.check_of(cls, name)
        if check:
            if CHECKS[check](self.guards, obj, name, value):
                adds = check in ADDING and name not in data_of(obj) and not registered(obj, name)
                setattr(obj, name, value)
                if adds:
                    note(obj, name)
                return
            raise AccessRefused(
                f"setting '{name}' of {describe(obj)} to {describe(value)} refused",
                hint=f"accepted here: {CHECK_TEXT[check]}",
                code="attribute-refused",
            )
        raise self._refusal(obj, name)

    def check_of(self, cls: type, name: str) -> str:
        """The check of the nearest row that speaks of the name; empty where it is not settable."""
        for each in mro_of(cls):
            rows = self.guards.catalogue.settable.get(each, {})
            check = rows.get(name) or rows.get("*")
            if check:
                return check
        return ""

    def takes_additions(self, cls: type) -> bool:
        """Whether a technique may put names of its own on objects of a real class."""
        return self.check_of(cls, "*") in ADDING

    def _is_deletable(self, obj: Any, cls: type, name: str) -> bool:
        """Of a real object: what the technique added, a module's parts, and a patched `forward`."""
        if is_class(obj) or not self.takes_additions(cls):
            return False
        if has_added(obj, name):
            return True
        if name == "forward":
            return name in data_of(obj)
        return not name.startswith("_") and registered(obj, name)

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
        if self.guards.catalogue.use(cls).keys:
            check_set = functools.partial(self._check_key, cls)
            return KeyedItems(obj, check_set, functools.partial(self._check_delete, cls))
        raise AccessRefused(
            f"setting an item of {describe(obj)} refused",
            hint="copy it into a dict or list of your own: dict(x)",
            code="item-refused",
        )

    def _check_key(self, cls: type, key: Any, value: Any) -> None:
        """What a library keeps under a key it answers as an attribute, and believes."""
        if type(key) is not str or key.startswith(("_", " ")) or not self._is_key(cls, key):
            raise AccessRefused(
                f"setting this item of a '{class_name(cls)}' refused",
                hint="set a field that it has, or copy it first: dict(x)",
                code="item-refused",
            )
        if not self.guards.reading.is_held(value):
            raise AccessRefused(
                f"setting an item of a '{class_name(cls)}' to {describe(value)} refused",
                hint="set tensors and plain data",
                code="item-refused",
            )

    def _check_delete(self, cls: type) -> None:
        if self.check_of(cls, "*") == "field":
            raise AccessRefused(
                f"deleting an item of a '{class_name(cls)}' refused: they are its attributes",
                hint="copy it first: dict(x)",
                code="item-refused",
            )

    def _is_key(self, cls: type, key: str) -> bool:
        """Of an output, whose items are its attributes: only its fields."""
        return self.check_of(cls, "*") != "field" or is_field(cls, key)

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
    return value is None or is_a(value, "Tensor")


def _alike(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """Derivatives go by what a tensor was on the way forward, but find it as it is."""
    return is_a(value, "Tensor") and all(
        getattr(obj, each) == getattr(value, each)
        for each in ("shape", "dtype", "device", "layout")
    )


def _ids(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    if type(value) is list:
        return all(type(each) is int for each in value)
    return type(value) in (int, _NONE)


def is_field(cls: type, name: str) -> bool:
    """Whether the dataclass has the field. Outputs answer the cache by its older names too."""
    _, fields = owner_of(mro_of(cls), "__dataclass_fields__")
    fields = fields or {}
    return name in fields or (name in ("past_key_values", "cache_params") and "cache" in fields)


def _field(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    return is_field(type(obj), name) and guards.reading.is_held(value)


def _cached(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """Keys and values of one layer: another length or batch; in a cache of fixed size, neither."""
    old: Any = data_of(obj).get(name)
    if not is_a(old, "Tensor") or not is_a(value, "Tensor") or old.dim() != value.dim():
        return False
    if any(getattr(old, each) != getattr(value, each) for each in ("dtype", "device", "layout")):
        return False
    fixed = "max_cache_len" in data_of(obj)
    return bool(old.shape == value.shape if fixed else old.shape[-1] == value.shape[-1])


def _setting(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    """A number in a configuration. Text there may name what is fetched and run."""
    known = getattr(type(obj), "attribute_map", {}).get(name, name)
    data = data_of(obj)
    return not known.startswith("_") and known in data and like_by_like(data[known], value)


def _forward(guards: Guards, obj: Any, name: str, value: Any) -> bool:
    guards.calls.call(value)
    return True


CHECKS: Final[dict[str, Check]] = {
    "number": _number,
    "flag": _flag,
    "text": _text,
    "side": _side,
    "tensor": _tensor,
    "alike": _alike,
    "ids": _ids,
    "forward": _forward,
    "module data": module_data,
    "tensor data": tensor_data,
    "field": _field,
    "cached": _cached,
    "setting": _setting,
}
#: Checks by which a technique may put names of its own on a real object.
ADDING: Final = frozenset({"module data", "tensor data"})
CHECK_TEXT: Final = {
    "number": "a number, a bool or None",
    "flag": "True or False",
    "text": "a str or None",
    "side": "'left' or 'right'",
    "tensor": "a tensor or None",
    "alike": "a tensor of the same shape, dtype and device; another, in a new nn.Parameter",
    "ids": "an int, a list of int, or None",
    "forward": "a function of yours",
    "module data": "a module, parameter or tensor in place of one, a number in place of one, or"
    " anything under a new name that the layer does not use itself",
    "tensor data": "anything under a new name without a leading underscore that tensors do not use"
    " themselves",
    "field": "a field of this output",
    "cached": "a tensor with as many dimensions, of the same dtype and device; in a static cache"
    " of the same shape",
    "setting": "a number in place of a number",
}

__all__ = ["CHECKS", "WriteGuard"]
