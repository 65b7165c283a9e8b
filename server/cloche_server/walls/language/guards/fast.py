"""What rewritten code asks instead of a guard, where the answer is known: sets and tables by type.

    ` open name`    types whose attribute `name` plain lookup may read
    ` sets name`    classes of the technique's own whose objects take the attribute `name`
    ` method name`  by type: the function to call as obj.name(...), or None to ask the guard
    ` known name`   a function or class of the technique's own that was called by that name
    ` settable`     types whose items may be set
    ` keyed`        those among them that are no lists

They say of a type what the guards decided of it, and are emptied with the guards' own memory. Keys
are compared by identity: no metaclass that a technique can have defines `__hash__` or `__eq__`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..diagnostics import AccessRefused
from ..slots import DESCRIPTOR_TYPES, dict_of, is_class, mro_of, owner_of
from .reading import LISTED, PLAIN_TYPES

if TYPE_CHECKING:
    from .guards import Guards

_MISSING: Final = object()


class MethodTable(dict[type, Any]):
    """By type: the function that `obj.name(...)` calls with obj first, or None: ask the guard."""

    def __init__(self, guards: Guards, name: str) -> None:
        self._guards = guards
        self._name = name

    def __missing__(self, cls: type) -> Any:
        found = self._find(cls)
        if not self._guards.reading.changing:
            self[cls] = found
        return found

    def _find(self, cls: type) -> Any:
        guards, name = self._guards, self._name
        if guards.is_own_class(cls):
            return self._find_own(cls)
        if cls not in PLAIN_TYPES:
            return None
        _, raw = owner_of(mro_of(cls), name)
        try:
            # Listed: the guard itself would not look at what it calls.
            listed = type(raw) in DESCRIPTOR_TYPES and guards.reading.decide(cls, name) is LISTED
        except AccessRefused:
            return None  # the guard will say so itself
        return raw if listed else None

    def _find_own(self, cls: type) -> Any:
        """A function of the source, if every class that defines the name defines it as one."""
        guards, name = self._guards, self._name
        if name in guards.fast.shadows:
            return None
        found = None
        for each in mro_of(cls):
            raw = dict_of(each).get(name, _MISSING)
            if raw is _MISSING:
                continue
            if not guards.is_own_function(raw):
                return None
            found = found or raw
        return found


class FastWays:
    def __init__(self, guards: Guards) -> None:
        self._guards = guards
        self.open: dict[str, set[type]] = {}
        self.sets: dict[str, set[type]] = {}
        self.methods: dict[str, MethodTable] = {}
        #: Names that objects of the technique's own hold, or may: there, a method of that name is
        #: not what `obj.name` finds first. Only grows.
        self.shadows: set[str] = set()
        self._constants: dict[str, Any] = {}
        self._make: dict[str, Callable[[str], Any]] = {
            "open": lambda name: self.open.setdefault(name, set()),
            "sets": lambda name: self.sets.setdefault(name, set()),
            "method": lambda name: self.methods.setdefault(name, MethodTable(guards, name)),
            "of": lambda path: (self._member(path),),
            "call": self._called_member,
            "builtin": lambda name: guards.builtins[name],
            "known": lambda name: [_MISSING],
            "know": self._know,
        }

    def constant(self, name: str) -> Any:
        """The set, table or value that a name of the compiler's stands for."""
        if name not in self._constants:
            kind, _, of = name[1:].partition(" ")
            self._constants[name] = self._make[kind](of)
        return self._constants[name]

    def forget(self) -> None:
        for types in (*self.open.values(), *self.sets.values()):
            types.clear()
        for table in self.methods.values():
            table.clear()

    def shadow(self, name: str) -> None:
        """An object of the technique's own may hold the name from now on."""
        if name not in self.shadows:
            self.shadows.add(name)
            if name in self.methods:
                self.methods[name].clear()

    def _know(self, name: str) -> Callable[[Any], Any]:
        """Asks the guard, and keeps a function or class of the technique's own in its holder."""
        guards, holder = self._guards, self.constant(f" known {name}")

        def know(value: Any) -> Any:
            callee = guards.calls.call(value)
            if guards.is_own_function(value) or (is_class(value) and guards.is_own_class(value)):
                holder[0] = value
            return callee

        return know

    def _member(self, path: str) -> Any:
        module, _, name = path.rpartition(".")
        return self._guards.facades[module].members[name]

    def _called_member(self, path: str) -> Any:
        module, _, name = path.rpartition(".")
        facade, method = self._guards.facades[module], self._guards.calls.method
        try:
            return method(facade, name)
        except AccessRefused:
            # To be said where it is called, not before anything ran.
            return lambda *args, **keywords: method(facade, name)
