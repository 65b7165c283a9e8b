"""Reading an attribute. The verdict depends on the object's type and the name alone, and is kept.

A verdict is OPEN (plain Python's own lookup), LISTED (the same, and what comes out is a method
that needs no further look when called), or a function that produces the value.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from ..arrays import ArrayFunction, read_of_array
from ..copies import WALKING_LIBRARIES, library_of, owned
from ..diagnostics import SEE_POLICY, AccessRefused, closest
from ..facades import ClassToken, Facade
from ..names import ATTRIBUTE_HINTS, READABLE, is_dunder
from ..slots import (
    BUILTIN_TYPES,
    class_name,
    data_of,
    dict_of,
    dict_offset,
    function_dict,
    is_class,
    method_function,
    mro_of,
    owner_of,
    python_name,
    super_class,
    super_self,
    super_self_class,
)
from ..tables.modules import member_refusal
from ..wrapping import through
from .additions import has_added
from .hints import describe

if TYPE_CHECKING:
    from .guards import Guards

OPEN: Final = "open"
LISTED: Final = "listed"
Verdict = str | Callable[[Any], Any]

#: Values that may be handed out wherever they were found: they lead nowhere.
PLAIN_TYPES: Final = frozenset(
    {
        *(int, float, complex, bool, str, bytes, bytearray, type(None), type(...)),
        *(slice, range, tuple, list, dict, set, frozenset, type(NotImplemented)),
    }
)
_CLASS_DATA_TYPES: Final = frozenset({int, float, complex, bool, str, bytes, type(None), tuple})
_FUNCTION: Final = types.FunctionType
#: What stands in a class for a place in its objects: it reads any object of that layout.
_SLOTS: Final = frozenset({types.MemberDescriptorType, types.GetSetDescriptorType})
_FUNCTION_NAMES: Final = ("__name__", "__qualname__", "__doc__", "__module__")
_NAMED_CALLABLES: Final = (
    *(types.FunctionType, *BUILTIN_TYPES, types.MethodType),
    *(types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType),
)


class HandedOn:
    """The verdict on a library's method that others may call: it is handed out with its guard."""

    __slots__ = ("_guards", "_name")

    def __init__(self, name: str, guards: Guards) -> None:
        self._name = name
        self._guards = guards

    def __call__(self, obj: Any) -> Any:
        return self._guards.calls.handed_on(getattr(obj, self._name))


class ReadGuard:
    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        self.verdicts: dict[type, dict[str, Verdict]] = {}
        #: How many changes of classes are going on: meanwhile nothing that is decided is kept.
        self.changing = 0
        self.adapters: dict[str, Callable[..., Any]] = {}
        self._tokens: dict[type, ClassToken] = {}
        #: Types whose instances are of a held kind, all of them.
        self._held_types: set[type] = set()
        #: What `super()` finds in a class of the technique's own: object's class, class, name.
        self._own_above: set[tuple[type, type, str]] = set()
        self._unbound: dict[Any, Callable[..., Any]] = {}
        self.read = self._fast_read()

    def change(self, act: Callable[..., Any], obj: Any, *args: Any) -> Any:
        """Does what changes a technique's class: what was decided before no longer holds.

        Nor does what is decided meanwhile: code of the technique may run in between.
        """
        # Some Pythons free what a class loses before the class forgets where it was: code that
        # runs as it is freed would find it once more. So it is freed here, afterwards.
        kept = dict(dict_of(obj)) if is_class(obj) else None
        self.changing += 1
        self.verdicts.clear()
        self._own_above.clear()
        self.guards.writing.forget()
        self.guards.fast.forget()
        try:
            return act(obj, *args)
        finally:
            self.changing -= 1
            del kept

    def _fast_read(self) -> Callable[[Any, str], Any]:
        verdicts, slow = self.verdicts, self.slow_read

        def read(obj: Any, name: str) -> Any:
            # Asked, not tried: a KeyError would hold the class itself as a refusal's __context__.
            known = verdicts.get(type(obj))
            verdict = None if known is None else known.get(name)
            if verdict is None:
                return slow(obj, name)
            if verdict is OPEN or verdict is LISTED:
                return getattr(obj, name)
            return verdict(obj)  # type: ignore[operator]

        return read

    def checked_name(self, name: Any) -> str:
        """For names that are not written in the source. A subclass of str may lie: exactly str."""
        if type(name) is not str:
            raise AccessRefused("an attribute name must be exactly a str", code="attribute-refused")
        if name.startswith(" "):
            # The wall's own, which no source can spell.
            raise AccessRefused("an attribute name begins with a space", code="attribute-refused")
        return name

    def plain_name(self, name: Any) -> str:
        """A checked name; of a subclass of str, as an enum's member may be, the text that it holds.

        Its own methods are not asked, neither here nor later: what is read is the text.
        """
        held = type(name) is not str and str in mro_of(type(name))
        return self.checked_name(str.__str__(name) if held else name)

    def slow_read(self, obj: Any, name: str) -> Any:
        cls = type(obj)
        if name == "__class__":
            return self.type_of(obj)
        if cls is Facade:
            return self._read_facade(obj, name)
        if is_class(obj):
            return self.read_class(obj, name)
        if cls is ClassToken:
            if name not in _FUNCTION_NAMES:
                raise self._class_refusal(obj.cls, name)
            value = type.__getattribute__(obj.cls, name)
            return value if type(value) is str else None
        if cls is super:
            return self._read_super(obj, name)
        if cls in _NAMED_CALLABLES:
            return self._read_function(obj, name)
        verdict = self.decide(cls, name)
        plain = verdict is OPEN or verdict is LISTED
        if not self.changing:
            self.verdicts.setdefault(cls, {})[name] = verdict
            if plain and name in self.guards.fast.open:
                self.guards.fast.open[name].add(cls)
        return getattr(obj, name) if plain else verdict(obj)  # type: ignore[operator]

    # Decisions

    def decide(self, cls: type, name: str) -> Verdict:
        """Verdict on `name` of an instance of `cls`; what no rule allows is refused."""
        guards = self.guards
        catalogue = guards.catalogue
        mro = mro_of(cls)
        index, raw = owner_of(mro, name)
        dunder = is_dunder(name)
        if dunder and name not in READABLE:
            raise self.refusal(cls, name)
        if self.is_reserved(cls, name):
            raise self.refusal(cls, name)
        if index >= 0 and guards.is_own_class(mro[index]):
            return OPEN
        # A listed name of the instance; the class may hold its default.
        in_instance = index < 0 or type(raw) in _CLASS_DATA_TYPES
        if in_instance and any(name in catalogue.fields.get(each, ()) for each in mro):
            return OPEN
        if index < 0 and not dunder:
            if guards.is_own_class(cls) or cls in catalogue.named:
                return OPEN
            if catalogue.use(cls).data and not name.startswith("_"):
                return through(guards, cls, name, self._judged(name))
            if guards.writing.takes_additions(cls):
                return self._added(name)
        if index < 0 and name in _FUNCTION_NAMES and guards.is_own_class(cls):
            return self._named(name)
        if index >= 0:
            found = self._listed(mro[index:], name)
            if found is LISTED and guards.is_own_class(cls) and name in guards.fast.shadows:
                # The object may hold another, from when its class had the name to itself.
                return OPEN
            if found is not None:
                return found
            public = not name.startswith("_")
            if public and type(raw) in _CLASS_DATA_TYPES and catalogue.use(cls).data:
                # A plain default in the class; the instance may hold another value.
                return self._judged(name)
            if name == "forward" and catalogue.use(cls).called:
                return self._open_method(mro[index], name)
        if not dict_offset(cls) and self._is_absent(cls, name):
            raise self._absence(cls, name)
        raise self.refusal(cls, name)

    def _listed(self, mro: tuple[type, ...], name: str) -> Verdict | None:
        """A row on the class that defines the name, or on a base whose method it overrides."""
        for each in mro:
            member = self.guards.catalogue.members.get(each, {}).get(name)
            if member is None:
                continue
            if member.adapter:
                adapter = self.adapters[member.adapter]
                if name == "__new__":
                    return lambda obj: adapter
                return lambda obj: functools.partial(adapter, obj)
            if member.arrays:
                return lambda obj: read_of_array(obj, name)
            if member.bounded is not None:
                return member.bounded
            # LISTED skips the call guard: only for methods that call nothing back.
            return LISTED if member.pure else self._open_method(mro[0], name)
        return None

    def _open_method(self, owner: type, name: str) -> Verdict:
        """Of a library that walks lists: whoever calls the method calls it with copies."""
        raw = dict_of(owner).get(name)
        if type(raw) is _FUNCTION and library_of(raw) in WALKING_LIBRARIES:
            return HandedOn(name, self.guards)
        return OPEN

    def is_reserved(self, cls: type, name: str) -> bool:
        """Whether a class of the technique's, or its objects, must leave the name to a real base.

        Of a real class: whether no row could list the name.
        """
        guards, mro = self.guards, mro_of(cls)
        if any(name in guards.catalogue.reserved.get(each, ()) for each in mro):
            return True
        if name[0] != "_" or not guards.is_own_class(cls):
            return False
        return any(guards.classes.keeps(each, name) for each in mro if each is not object)

    def _judged(self, name: str) -> Callable[[Any], Any]:
        def judged(obj: Any) -> Any:
            value = getattr(obj, name)
            if self.is_held(value):
                return value
            raise AccessRefused(
                f"reading '{name}' of {describe(obj)} refused: it holds {describe(value)}",
                hint="only tensors, modules, configurations and plain data are handed out",
                code="attribute-refused",
            )

        return judged

    def _named(self, name: str) -> Callable[[Any], Any]:
        """What `functools.update_wrapper` put on an object of the technique's own."""

        def named(obj: Any) -> str:
            value = getattr(obj, name, None)
            if type(value) is str:
                return value
            raise self.refusal(type(obj), name)

        return named

    def _added(self, name: str) -> Callable[[Any], Any]:
        judged = self._judged(name)

        def added(obj: Any) -> Any:
            if has_added(obj, name):
                return judged(obj)
            if name not in data_of(obj) and self._is_absent(type(obj), name):
                raise self._absence(type(obj), name)
            raise self.refusal(type(obj), name)

        return added

    def _is_absent(self, cls: type, name: str) -> bool:
        """Whether an object of a real class, which does not hold the name itself, lacks it."""
        mro = mro_of(cls)
        if name.startswith("_") or any(
            owner_of(mro, each)[0] >= 0 for each in (name, "__getattr__")
        ):
            return False
        asking = owner_of(mro, "__getattribute__")[1]
        return type(asking) is not _FUNCTION and not self.guards.catalogue.refusal_of(mro, name)

    def _absence(self, cls: type, name: str) -> AttributeError:
        """What Python raises; nothing was refused."""
        absence = AttributeError(f"'{python_name(cls)}' object has no attribute '{name}'")
        if near := closest(name, self._known(cls), "", cutoff=0.7):
            absence.add_note(near)
        return absence

    def is_held(self, value: object) -> bool:
        """Whether a value found in a real object's data may be handed out."""
        cls = type(value)
        if cls in PLAIN_TYPES or cls in self._held_types:
            return True
        guards = self.guards
        if is_class(value):
            return guards.is_own_class(value) or id(value) in guards.catalogue.classes  # type: ignore[arg-type]
        if guards.is_own_class(cls) or guards.is_own_function(value):
            return True
        if cls is types.MethodType and guards.is_own_function(method_function(value)):
            return True
        if id(value) in guards.catalogue.callables or id(value) in guards.adopted:
            return True
        if guards.catalogue.use(cls).held:
            self._held_types.add(cls)
            return True
        return False

    def refusal(self, cls: type, name: str) -> AccessRefused:
        mro = mro_of(cls)
        index, _ = owner_of(mro, name)
        why, hint = self._reason(mro[max(index, 0) :], name)
        return AccessRefused(
            f"access to '{name}' of a '{class_name(cls)}' refused: {why}",
            hint=ATTRIBUTE_HINTS.get(name) or hint or closest(name, self._known(cls)),
            code="attribute-refused",
        )

    def _known(self, cls: type) -> set[str]:
        """Names that are listed for objects of the class."""
        catalogue = self.guards.catalogue
        found: set[str] = set()
        for each in mro_of(cls):
            found.update(catalogue.members.get(each, ()), catalogue.fields.get(each, ()))
        return found

    def _reason(self, holders: Iterable[str | type], name: str) -> tuple[str, str]:
        """Why a name is refused, and a hint; none where no row speaks of it."""
        row = self.guards.catalogue.refusal_of(holders, name)
        return (row.why, row.instead or SEE_POLICY) if row else ("not on the list", "")

    def _class_refusal(self, cls: type, name: str) -> AccessRefused:
        why, hint = self._reason((*mro_of(cls), *mro_of(type(cls))), name)
        return AccessRefused(
            f"access to '{class_name(cls)}.{name}' of a 'type' refused: {why}",
            hint=ATTRIBUTE_HINTS.get(name) or hint or SEE_POLICY,
            code="attribute-refused",
        )

    # Objects that are not read by their type

    def _read_facade(self, facade: Facade, name: str) -> Any:
        members: dict[str, Any] = facade.members
        if name in members:
            return members[name]
        module: str = facade.name
        if name == "__name__":
            return module
        message, hint = member_refusal(module, name)
        raise AccessRefused(message, hint=hint, code="attribute-refused")

    def _read_function(self, function: Any, name: str) -> Any:
        if name in _FUNCTION_NAMES:
            value = getattr(function, name, None)
            return value if type(value) is str else None
        if self.guards.is_own_function(function) and not is_dunder(name):
            own = function_dict(function)
            if name in own:
                return own[name]
            raise AttributeError(f"function has no attribute '{name}'")
        if name == "__call__":
            return function
        if name == "__get__" and self.guards.is_own_function(function):
            return functools.partial(self.guards.bind, function)
        if type(function) is types.MethodType:
            # A method whose results are kept: `obj.method.cache_info()`.
            within = method_function(function)
            if type(within) is functools._lru_cache_wrapper:
                return self.read(within, name)
        raise self.refusal(type(function), name)

    def read_class(self, cls: type, name: str) -> Any:
        """An attribute of a class itself."""
        guards = self.guards
        if cls is guards.type_class:
            if name in _FUNCTION_NAMES:
                return "type"
            raise self.refusal(type, name)
        own = guards.is_own_class(cls)
        catalogue = guards.catalogue
        if not own and id(cls) not in catalogue.classes and not self._has_rows(cls):
            raise self._class_refusal(cls, name)
        if name in _FUNCTION_NAMES:
            value = type.__getattribute__(cls, name)
            return value if type(value) is str else None
        mro = mro_of(cls)
        if self.is_reserved(cls, name):
            raise self._class_refusal(cls, name)
        index, raw = owner_of(mro, name)
        meta_index, _ = owner_of(mro_of(type(cls)), name)
        if index >= 0 and guards.is_own_class(mro[index]):
            # A name that the metaclass defines as well could be its own: `mro`, `__dict__`.
            if (not is_dunder(name) or name in READABLE) and (
                meta_index < 0 or name in READABLE or mro_of(type(cls))[meta_index] is not type
            ):
                return self._no_descriptor(cls, name)
        elif index >= 0:
            found = self._listed_on_class(mro[index:], name)
            if found is not None:
                return found.value if found.value is not None else getattr(cls, name)
            if type(raw) in _CLASS_DATA_TYPES and catalogue.use(cls).data and name[0] != "_":
                return raw
        elif meta_index >= 0:
            rows = self._listed(mro_of(type(cls))[meta_index:], name)
            if rows in (OPEN, LISTED):
                return getattr(cls, name)
        elif own and not is_dunder(name):
            raise AttributeError(f"type object '{class_name(cls)}' has no attribute '{name}'")
        raise self._class_refusal(cls, name)

    def _no_descriptor(self, holder: Any, name: str) -> Any:
        """An attribute of a technique's own class; what stands for a slot there stays there.

        So does a method that a library generated and nobody wrapped yet: it would set attributes
        of whatever a library calls it with.
        """
        value = getattr(holder, name)
        if type(value) in _SLOTS or (type(value) is _FUNCTION and not self.is_held(value)):
            raise self.refusal(type(value), name)
        return value

    class _Found:
        def __init__(self, value: Any) -> None:
            self.value = value

    def _listed_on_class(self, mro: tuple[type, ...], name: str) -> ReadGuard._Found | None:
        for each in mro:
            member = self.guards.catalogue.members.get(each, {}).get(name)
            if member is None:
                continue
            if member.adapter:
                return self._Found(self.adapters[member.adapter])
            raw = dict_of(mro[0])[name]
            if type(raw) in _SLOTS or property in mro_of(type(raw)):
                raise AccessRefused(
                    f"access to '{class_name(mro[0])}.{name}' refused: it stands for a value that"
                    " each object of the class has",
                    hint=f"read it of an object: x.{name}",
                    code="attribute-refused",
                )
            if member.arrays:
                return self._Found(ArrayFunction(raw))
            if member.bounded is not None:
                return self._Found(member.bounded.function)
            return self._Found(self._only_for(mro[0], raw) if type(raw) is _FUNCTION else None)
        return None

    def _only_for(self, cls: type, function: Any) -> Any:
        """`function` of `cls` for its instances only, as Python has it for methods written in C.

        A mixin such as Mapping.get would else reach items of any object, past the guard.
        """
        if function not in self._unbound:
            is_own, walks = self.guards.is_own_class, library_of(function) in WALKING_LIBRARIES

            def method(self: Any, /, *args: Any, **keywords: Any) -> Any:
                if cls not in mro_of(type(self)):
                    raise AccessRefused(
                        f"'{class_name(cls)}.{function.__name__}' of {describe(self)} refused",
                        hint="call it on an instance of that class",
                        code="call-refused",
                    )
                if walks:
                    args, keywords = owned((args, keywords), is_own)
                return function(self, *args, **keywords)

            for each in _FUNCTION_NAMES:
                setattr(method, each, getattr(function, each))
            self._unbound[function] = self.guards.adopt(method)
        return self._unbound[function]

    def _has_rows(self, cls: type) -> bool:
        return any(
            each in self.guards.catalogue.members for each in mro_of(cls) if each is not object
        )

    def _read_super(self, proxy: Any, name: str) -> Any:
        if is_dunder(name) and name not in READABLE:
            raise self.refusal(super, name)
        bound = super_self(proxy)
        if bound is None:
            raise self.refusal(super, name)
        key = (super_self_class(proxy), super_class(proxy), name)
        if key in self._own_above:
            return self._no_descriptor(proxy, name)
        mro = mro_of(super_self_class(proxy))
        mro = mro[mro.index(super_class(proxy)) + 1 :]
        index, _ = owner_of(mro, name)
        if index < 0:
            raise AttributeError(f"'super' object has no attribute '{name}'")
        if self.guards.is_own_class(mro[index]):
            if not self.changing:
                self._own_above.add(key)
            return self._no_descriptor(proxy, name)
        verdict = self._listed(mro[index:], name)
        called = self.guards.catalogue.use(super_self_class(proxy)).called
        if verdict is None and name == "forward" and called:
            verdict = OPEN
        if verdict is None:
            raise self.refusal(mro[index], name)
        if verdict is OPEN or verdict is LISTED:
            return self._no_descriptor(proxy, name)
        if type(verdict) is HandedOn:
            return self.guards.calls.handed_on(self._no_descriptor(proxy, name))
        return verdict(bound)  # type: ignore[operator]

    # type(x)

    def type_of(self, value: object) -> Any:
        """What `type(x)` hands out: the class itself if listed, else a token that names it."""
        return self.hand_out_class(value.cls if type(value) is ClassToken else type(value))

    def hand_out_class(self, cls: type) -> Any:
        guards = self.guards
        if guards.is_own_class(cls) or id(cls) in guards.catalogue.classes:
            return cls
        if id(cls) in guards.adopted:
            return cls  # stands in for the library's
        if type in mro_of(cls):
            return self.guards.type_class
        if cls not in self._tokens:
            self._tokens[cls] = ClassToken(cls)
        return self._tokens[cls]
