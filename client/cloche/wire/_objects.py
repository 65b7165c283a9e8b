"""Write and read Python objects that msgpack and the extensions for data have no type for.

Inside a sandbox the objects are hostile. Their types are read through `type`'s own slots, what they
hold through the slots of the base that holds it; none of their own code runs.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import gc
import sys
import types
import uuid
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgpack
import numpy as np

from cloche.contract.errors import WireError
from cloche.wire import _ext, _named
from cloche.wire._records import Record, RecordTuple

_HEAP_TYPE: Final = 1 << 9
_DICT: Final[dict[str, int]] = {}
_ORDERED: Final[collections.OrderedDict[str, int]] = collections.OrderedDict()
_VIEWS: Final = tuple(
    type(view) for held in (_DICT, _ORDERED) for view in (held.keys(), held.values(), held.items())
)
#: Exact types that _named describes.
_DESCRIBED: Final = (
    (range, "range"),
    (slice, "slice"),
    (decimal.Decimal, "decimal"),
    (fractions.Fraction, "fraction"),
    (uuid.UUID, "uuid"),
)
_CACHE: Final = "transformers.cache_utils"
#: What a layer of a cache holds of a text, by attribute; the rest is how it is kept.
_LAYER_STATES: Final = ("keys", "values", "conv_states", "recurrent_states")
_TIME_ZONES: Final = (datetime.timezone, zoneinfo.ZoneInfo)


@dataclass(frozen=True)
class Fields:
    """An object as its fields. `code`: the extension, a map's or a tuple's."""

    code: int
    type_name: str
    names: tuple[str, ...]
    values: tuple[Any, ...]


def bases_of(kind: type) -> tuple[type, ...]:
    """The classes that `kind` derives from, itself first, whatever it says of itself."""
    found: tuple[type, ...] = type.__dict__["__mro__"].__get__(kind)
    return found


def derives(bases: tuple[type, ...], base: type) -> bool:
    """Whether `base` is among them; `in` would ask a metaclass whether they are equal."""
    return any(each is base for each in bases)


def name_of(kind: type) -> str:
    """Its name without its module."""
    return str(type.__dict__["__name__"].__get__(kind))


def label_of(kind: type) -> str:
    """Its name for messages, with its module's."""
    qualified = str(type.__dict__["__qualname__"].__get__(kind))
    module = type.__dict__["__dict__"].__get__(kind).get("__module__")
    if type(module) is not str:
        module = "builtins" if not is_made_in_python(kind) else ""
    return qualified if module in ("builtins", "") else f"{module}.{qualified}"


def is_made_in_python(kind: type) -> bool:
    """Whether a `class` statement made it; C's own types say truly what they are."""
    return bool(type.__dict__["__flags__"].__get__(kind) & _HEAP_TYPE)


def opened(item: object) -> object | None:
    """What stands for `item`: Fields, a _named.Named, or a plainer value; None: it cannot travel.

    Raises:
        WireError: it can in general, but not as it is.
    """
    kind = type(item)
    bases = bases_of(kind)
    return (
        _container(item, kind, bases)
        or _scalar(item, kind, bases)
        or _described(item, kind)
        or _fields(item, kind, bases)
    )


class Plain:
    """A plainer value in an object's place, so that an empty or false one counts too."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


def _container(item: Any, kind: type, bases: tuple[type, ...]) -> object | None:
    """Containers, as the base that keeps the items alone sees them."""
    if kind is Record:
        return Fields(_ext.RECORD, item.type_name, tuple(item), tuple(dict.values(item)))
    if kind is RecordTuple:
        values = tuple(tuple.__iter__(item))
        return Fields(_ext.RECORD_TUPLE, item.type_name, item._fields, values)
    if derives(bases, dict):
        fields = _dataclass_names(bases)
        pairs = dict(dict.items(item))
        if fields is None:
            return Plain(pairs)
        if all(type(name) is str for name in pairs):  # a model's output
            return Fields(_ext.RECORD, name_of(kind), tuple(pairs), tuple(pairs.values()))
        return Plain(pairs)
    if derives(bases, tuple):
        values = tuple(tuple.__iter__(item))
        names = _tuple_names(kind, bases)
        if names is None or len(names) != len(values):
            return Plain(values)
        return Fields(_ext.RECORD_TUPLE, name_of(kind), names, values)
    if derives(bases, list):
        return Plain(list(list.__iter__(item)))
    if derives(bases, set):
        return Plain(set(set.__iter__(item)))
    if derives(bases, frozenset):
        return Plain(frozenset(frozenset.__iter__(item)))
    if derives(bases, collections.deque):
        return Plain(list(collections.deque.__iter__(item)))
    if any(kind is view for view in _VIEWS):
        return Plain(list(item))
    if kind is types.MappingProxyType:
        # The proxy would ask the mapping behind it.
        (behind,) = gc.get_referents(item)
        return Plain(dict(dict.items(behind))) if derives(bases_of(type(behind)), dict) else None
    return None


def _tuple_names(kind: type, bases: tuple[type, ...]) -> tuple[str, ...] | None:
    """A named tuple's names; of C's own kind only torch's, whose second form is the plain one."""
    torch = sys.modules.get("torch")
    returned = vars(torch).get("return_types") if torch is not None else None
    if returned is not None and vars(returned).get(name_of(kind)) is kind:
        names = type.__dict__["__dict__"].__get__(kind).get("__match_args__")
    else:
        found = (type.__dict__["__dict__"].__get__(base).get("_fields") for base in bases)
        names = next((each for each in found if each is not None), None)
    return _checked(names) if type(names) is tuple else None


def _checked(names: tuple[Any, ...]) -> tuple[str, ...] | None:
    distinct = all(type(name) is str for name in names) and len(set(names)) == len(names)
    return names if distinct else None


def _scalar(item: Any, kind: type, bases: tuple[type, ...]) -> object | None:
    """Subclasses of what travels, as the base type alone sees them."""
    if derives(bases, str):
        return Plain(str.__str__(item))
    if derives(bases, int):
        return Plain(int.__int__(item))
    if derives(bases, float):
        return Plain(float.__float__(item))
    if derives(bases, complex):
        parts = (complex.__dict__[name].__get__(item) for name in ("real", "imag"))
        return Plain(complex(*parts))
    if derives(bases, bytes):
        return Plain(bytes.__getitem__(item, slice(None)))
    if derives(bases, bytearray):
        return Plain(bytes(bytearray.__getitem__(item, slice(None))))
    if derives(bases, enum.Enum):
        return Plain((instance_dict(item) or {}).get("_value_"))
    return None


def _described(item: Any, kind: type) -> object | None:
    """Values with a description of their own; exact types, but for times."""
    bases = bases_of(kind)
    if derives(bases, datetime.datetime):
        return _moment(item)
    for base, name in ((datetime.date, "date"), (datetime.timedelta, "timedelta")):
        if derives(bases, base):
            return _named.Named.of(name, item)
    if derives(bases, datetime.time):
        zone = datetime.time.__dict__["tzinfo"].__get__(item)
        if zone is not None and not any(type(zone) is each for each in _TIME_ZONES):
            raise WireError("a time in a time zone of its own does not travel; send .isoformat()")
        return _named.Named.of("time", item)
    for exact, name in _DESCRIBED:
        if kind is exact:
            return _named.Named.of(name, item)
    if derives(bases, np.dtype):
        return _named.Named.of("numpy.dtype", item)
    torch = sys.modules.get("torch")
    if torch is not None and kind is torch.dtype:
        return _named.Named.of("torch.dtype", item)
    if torch is not None and kind is torch.device:
        return _named.Named.of("torch.device", item)
    return None


def _moment(item: Any) -> object:
    zone = datetime.datetime.__dict__["tzinfo"].__get__(item)
    if zone is None:
        return _named.Named.of("datetime", item)
    if not any(type(zone) is each for each in _TIME_ZONES):
        raise WireError(
            "a datetime in a time zone of its own class does not travel; send "
            ".astimezone(datetime.timezone.utc), or .isoformat()"
        )
    since = datetime.datetime.__sub__(item, datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC))
    seconds, rest = divmod(since, datetime.timedelta(seconds=1))
    return msgpack.Timestamp(seconds, rest.microseconds * 1000)


def _fields(item: Any, kind: type, bases: tuple[type, ...]) -> object | None:
    """Objects with named fields: dataclasses, namespaces, encodings, caches."""
    if kind is types.SimpleNamespace:
        return _record(kind, vars(item))
    if derives(bases, collections.UserDict):
        held = (instance_dict(item) or {}).get("data")
        if type(held) is dict and all(type(name) is str for name in held):
            return _record(kind, held)  # an encoding
        return Plain(held) if type(held) is dict else None
    if derives(bases, collections.UserList) or derives(bases, collections.UserString):
        held = (instance_dict(item) or {}).get("data")
        return Plain(held) if type(held) in (list, str) else None
    if _is_setting(bases):
        return None
    cached = _cache(item, kind)
    if cached is not None:
        return cached
    names = _dataclass_names(bases)
    if names is None:
        return None
    values = {name: _held(item, bases, name) for name in names}
    return _record(kind, values)


def _record(kind: type, fields: Mapping[str, Any]) -> Fields:
    return Fields(_ext.RECORD, name_of(kind), tuple(fields), tuple(fields.values()))


def _is_setting(bases: tuple[type, ...]) -> bool:
    """A model's settings: dataclasses too, of which `to_dict()` gives what is meant."""
    return any(
        _is_of(base, "transformers.configuration_utils", "PreTrainedConfig") for base in bases
    )


def _cache(item: object, kind: type) -> object | None:
    """A cache of keys and values: a tuple of its layers, or its two halves."""
    if _is_of(kind, _CACHE, name_of(kind)):
        names = [name_of(base) for base in bases_of(kind)]
        held = instance_dict(item) or {}
        if "Cache" in names and type(held.get("layers")) is list:
            return Plain(tuple(held["layers"]))
        if "EncoderDecoderCache" in names:
            halves = ("self_attention_cache", "cross_attention_cache")
            return _record(kind, {name: held.get(name) for name in halves})
        quantised = "BaseQuantizedLayer" in names  # what it holds as tensors is not all
        if any(name.endswith("CacheLayerMixin") for name in names) and not quantised:
            kept = [name for name in _LAYER_STATES if name in held]
            values = tuple(held[name] for name in kept)
            return Fields(_ext.RECORD_TUPLE, name_of(kind), tuple(kept), values)
    return None


def _is_of(kind: type, module: str, name: str) -> bool:
    """Whether a module of that name, once imported, hands out exactly this class."""
    loaded = sys.modules.get(module)
    return loaded is not None and vars(loaded).get(name) is kind


def _dataclass_names(bases: tuple[type, ...]) -> tuple[str, ...] | None:
    for base in bases:
        fields = type.__dict__["__dict__"].__get__(base).get("__dataclass_fields__")
        if type(fields) is dict:
            names = tuple(name for name, field in fields.items() if _is_field(field))
            return _checked(names)
    return None


def _is_field(field: object) -> bool:
    """Whether it is kept in instances: a ClassVar and an InitVar are not."""
    if type(field) is not dataclasses.Field:
        return False
    what = dataclasses.Field.__dict__["_field_type"].__get__(field)
    return what is vars(dataclasses)["_FIELD"]


def instance_dict(item: object) -> dict[str, Any] | None:
    """An instance's own dict, as the class that gave it one keeps it."""
    for base in bases_of(type(item)):
        slot = type.__dict__["__dict__"].__get__(base).get("__dict__")
        if type(slot) is types.GetSetDescriptorType and base is not type:
            found = slot.__get__(item)
            return found if type(found) is dict else None
    return None


def _held(item: object, bases: tuple[type, ...], name: str) -> Any:
    """A field's value: of the instance, of a slot, or the class's default."""
    own = instance_dict(item)
    if own is not None and name in own:
        return own[name]
    for base in bases:
        found = type.__dict__["__dict__"].__get__(base).get(name, dataclasses.MISSING)
        if type(found) is types.MemberDescriptorType:
            try:
                return found.__get__(item)
            except AttributeError:
                continue
        if found is not dataclasses.MISSING:
            return found
    raise WireError(f"the field {name!r} was never set")


def children(value: object) -> Iterator[tuple[str, object]]:
    """The parts of what `opened` gave, with the step that leads to each."""
    if isinstance(value, Fields):
        for index, (name, part) in enumerate(zip(value.names, value.values, strict=True)):
            step = f"[{index}]" if value.code == _ext.RECORD_TUPLE else f".{name}"
            yield step, part
    elif isinstance(value, _named.Named):
        for part in value.items:
            yield "", part
