"""The tables, resolved once against the installed libraries. Read-only afterwards."""

from __future__ import annotations

import fnmatch
import functools
import importlib
import sys
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .adapters import ADAPTERS
from .arrays import stand_in
from .facades import ClassToken
from .slots import BUILTIN_TYPES, dict_of, is_class, mro_of
from .tables.rows import (
    Allow,
    Base,
    Field,
    Fields,
    Kind,
    Overridable,
    Refusal,
    Refused,
    RefusedPattern,
    Row,
    Settable,
    Wraps,
    Written,
)
from .tensors import TensorMethod, function_stand_in, method_stand_in

#: Classes of the standard library that no module names.
_UNNAMED: dict[str, type] = {
    "KeyWrapper": type(functools.cmp_to_key(lambda a, b: 0)),
    "version_info": type(sys.version_info),
    "float_info": type(sys.float_info),
}


#: `type(None)` and its like: they make nothing but the constant.
_OF_CONSTANTS: Final = (type(None), type(...), type(NotImplemented))

#: Of `typing`: what they make is looked at where they are called.
_ALIASES: Final = (type(typing.List[int]), type(typing.Deque))  # noqa: UP006


class TableError(Exception):
    """A row does not fit the installed libraries."""


@dataclass(frozen=True)
class Member:
    """One allowed member. `adapter` is a key of ADAPTERS, or empty; `bounded` stands in for it."""

    pure: bool
    adapter: str
    arrays: bool = False
    bounded: TensorMethod | None = None


@dataclass(frozen=True)
class Use:
    """What instances of a class may be used for; see rows.Kind."""

    held: bool = False
    data: bool = False
    called: bool = False
    makes: bool = False
    items: bool = False
    keys: bool = False


@dataclass
class Catalogue:
    strict: bool = True
    #: What rows name and the installed releases lack.
    skipped: list[str] = field(default_factory=list)
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: (module, name) -> key of ADAPTERS
    adapted: dict[tuple[str, str], str] = field(default_factory=dict)
    #: (module, name) -> the file of `written/` that defines it
    written: dict[tuple[str, str], str] = field(default_factory=dict)
    members: dict[type, dict[str, Member]] = field(default_factory=dict)
    fields: dict[type, set[str]] = field(default_factory=dict)
    #: Classes whose instances hand out what they hold by name.
    named: set[type] = field(default_factory=set)
    settable: dict[type, dict[str, str]] = field(default_factory=dict)
    kinds: dict[type, Use] = field(default_factory=dict)
    wraps: dict[type, str] = field(default_factory=dict)
    bases: dict[int, type] = field(default_factory=dict)
    #: id -> (object kept alive, takes no callable); ids stay valid because this keeps the objects.
    callables: dict[int, tuple[Any, bool]] = field(default_factory=dict)
    #: ids of the callables among them that take no callable.
    pure: set[int] = field(default_factory=set)
    #: ids of callables that return fresh functions.
    makers: set[int] = field(default_factory=set)
    #: Classes handed out as themselves, by id.
    classes: dict[int, type] = field(default_factory=dict)
    #: Names that a real base keeps in its instances for itself.
    reserved: dict[type, frozenset[str]] = field(default_factory=dict)
    #: Private names that a real base lets its subclasses define.
    overridable: set[str] = field(default_factory=set)
    #: module's name or class -> name -> the row that refuses it
    refused: dict[str | type, dict[str, Refused]] = field(default_factory=dict)
    refused_patterns: dict[str, list[RefusedPattern]] = field(default_factory=dict)
    _uses: dict[type, Use] = field(default_factory=dict)

    def lacks(self, what: str, cause: Exception | None = None) -> None:
        """Takes down what the installed release lacks. Raises TableError where that is strict."""
        if self.strict:
            raise TableError(what) from cause
        self.skipped.append(what)

    def refusal_of(self, holders: Iterable[str | type], name: str) -> Refusal | None:
        """Why `name` is refused: from the first of a module's name or a class's bases to say so."""
        for holder in holders:
            row = self.refused.get(holder, {}).get(name)
            if row is not None:
                return row
            for pattern in self.refused_patterns.get(holder, ()) if type(holder) is str else ():
                if any(fnmatch.fnmatchcase(name, each) for each in pattern.names.split()):
                    return pattern
        return None

    def use(self, cls: type) -> Use:
        """What instances of `cls` may be used for, from the rows on it and on its bases."""
        found = self._uses.get(cls)
        if found is None:
            rows = [self.kinds[each] for each in mro_of(cls) if each in self.kinds]
            found = Use(
                held=any(each.held for each in rows),
                data=any(each.data for each in rows),
                called=any(each.called for each in rows),
                makes=any(each.makes for each in rows),
                # An override of __setitem__ may set attributes: only the row's own class.
                items=cls in self.kinds and self.kinds[cls].items,
                keys=any(each.keys for each in rows),
            )
            self._uses[cls] = found
        return found


def resolve(path: str) -> Any:
    """The object that "module:qualified.name" or "module" names."""
    module, _, qualified = path.partition(":")
    if module == "unnamed":
        return _UNNAMED[qualified]
    value: Any = importlib.import_module(module)
    for name in qualified.split(".") if qualified else ():
        value = getattr(value, name)
    return value


def build_catalogue(
    rows: Iterable[Row], refusals: Iterable[Refusal] = (), *, strict: bool = True
) -> Catalogue:
    """Resolves every row.

    Args:
        strict: a row that names nothing is an error. Else it is skipped, and counted: another
            release of a library lacks names, and an allowlist loses nothing by that.

    Raises:
        TableError: a row names nothing, or what no row may name.
    """
    catalogue = Catalogue(strict=strict)
    catalogue.classes.update({id(each): each for each in _OF_CONSTANTS})
    catalogue.callables.update({id(each): (each, True) for each in _OF_CONSTANTS})
    for row in rows:
        try:
            target = resolve(row.of)
        except (ImportError, AttributeError) as error:
            if not (isinstance(row, (Allow, Written)) and row.optional):
                catalogue.lacks(f"{row.of}: {error}", error)
            continue
        match row:
            case Allow() if isinstance(target, types.ModuleType):
                _allow_module(catalogue, row, target)
            case Allow():
                _allow_class(catalogue, row, target)
            case Written():
                for name in row.names.split():
                    if hasattr(target, name):
                        catalogue.written[row.of, name] = row.source
                    elif not row.optional:
                        catalogue.lacks(f"{row.of} has no '{name}'")
            case Field():
                catalogue.fields.setdefault(target, set()).update(row.names.split())
            case Fields():
                catalogue.named.add(target)
            case Kind():
                catalogue.kinds[target] = Use(
                    row.held, row.data, row.called, row.makes, row.items, row.keys
                )
            case Wraps():
                catalogue.wraps[target] = row.member
            case Base():
                catalogue.bases[id(target)] = target
            case Overridable():
                catalogue.overridable.update(row.names.split())
            case Settable():
                names = dict.fromkeys(row.names.split(), row.check)
                catalogue.settable.setdefault(target, {}).update(names)
    catalogue.pure.update(key for key, (_, pure) in catalogue.callables.items() if pure)
    for refusal in refusals:
        _refuse(catalogue, refusal)
    return catalogue


def owner_among(cls: type, name: str) -> type | None:
    """The base that defines `name`; `object` only for itself."""
    owner = next((each for each in mro_of(cls) if name in dict_of(each)), None)
    return None if owner is object and cls is not object else owner


def _refuse(catalogue: Catalogue, row: Refusal) -> None:
    if isinstance(row, RefusedPattern):
        catalogue.refused_patterns.setdefault(row.of, []).append(row)
        return
    holders: dict[str, str | type] = dict.fromkeys(row.names.split(), row.of)
    if ":" in row.of:
        try:
            cls = resolve(row.of)
        except (ImportError, AttributeError) as error:
            if not row.optional:
                catalogue.lacks(f"{row.of}: {error}", error)
            return
        # Kept under the class that defines it, as what is allowed is.
        holders = {name: owner_among(cls, name) or cls for name in holders}
    for name, holder in holders.items():
        catalogue.refused.setdefault(holder, {})[name] = row


def _allow_module(catalogue: Catalogue, row: Allow, module: types.ModuleType) -> None:
    members = catalogue.modules.setdefault(row.of, {})
    for name in row.names.split():
        if row.adapted:
            key = f"{row.of}.{name}"
            if key not in ADAPTERS:
                raise TableError(f"{row.of}.{name}: no adapter")
            if not hasattr(module, name) and not row.optional:
                catalogue.lacks(f"{row.of} has no '{name}'")
                continue
            catalogue.adapted[row.of, name] = key
            continue
        if not hasattr(module, name):
            if not row.optional:
                catalogue.lacks(f"{row.of} has no '{name}'")
            continue
        value = getattr(module, name)
        if isinstance(value, str):
            # A version is a class of its own in torch, whose comparisons take a method's name.
            value = str.__str__(value)
        if isinstance(value, types.ModuleType):
            raise TableError(f"{row.of}.{name} is a module: list it as one")
        if row.as_type:
            value = ClassToken(value)
        elif row.arrays or (row.tensors and callable(value)):
            value = stand_in(value) if row.arrays else function_stand_in(row.of, name, value)
            catalogue.callables[id(value)] = (value, row.pure)
        elif is_class(value):
            catalogue.classes[id(value)] = value
            if not row.caught:
                catalogue.callables[id(value)] = (value, row.pure)
        elif callable(value) and not isinstance(value, _ALIASES):
            catalogue.callables[id(value)] = (value, row.pure)
        if row.makes:
            catalogue.makers.add(id(value))
        members[name] = value


def _allow_class(catalogue: Catalogue, row: Allow, cls: type) -> None:
    for name in row.names.split():
        owner = owner_among(cls, name)
        if owner is None:
            if not row.optional:
                catalogue.lacks(f"{row.of} has no '{name}'")
            continue
        # Kept under the class that defines it: torch.Tensor's own methods sit in a C base.
        members = catalogue.members.setdefault(owner, {})
        key = f"{row.of}.{name}" if row.adapted else ""
        if key and key not in ADAPTERS:
            raise TableError(f"{key}: no adapter")
        known = members.get(name)
        if known is not None and known.pure and not key:
            # A row on a subclass that inherits the method says nothing new: dict.get stays pure.
            continue
        raw = dict_of(owner)[name]
        bounded = method_stand_in(name, raw) if row.tensors else None
        members[name] = Member(row.pure, key, row.arrays, bounded)
        if bounded is not None:
            catalogue.callables[id(bounded.function)] = (bounded.function, row.pure)
            continue
        static = isinstance(raw, staticmethod)
        if isinstance(raw, (staticmethod, classmethod)):
            raw = raw.__func__
        # A plain function is recognised by itself when a bound method carries it. What takes no
        # array of objects is never called as it is.
        functions = ("function", "cython_function_or_method")
        # Of a static method in C, `str.maketrans`, nothing else says whose it is.
        by_itself = type(raw).__name__ in functions or (static and type(raw) in BUILTIN_TYPES)
        if by_itself and not key and not row.arrays:
            catalogue.callables[id(raw)] = (raw, row.pure)
