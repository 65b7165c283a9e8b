"""Making a class. Stands in for `__build_class__`: the class body has run, the class not yet made.

Checked here: the bases, every dunder name in the body, and that no metaclass is chosen. Three
methods are wrapped: `__getattr__`, so that C code asking for `__array_interface__` and the like
hears AttributeError, and `__exit__` and `__setattr__`, so that neither is given a traceback.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from ..adapters.cached_property import CachedProperty
from ..arrays import no_array
from ..diagnostics import AccessRefused
from ..facades import ClassToken
from ..items import iterate_items
from ..names import ATTRIBUTE_HINTS, DEFINABLE_METHODS, MARK, is_dunder
from ..private_names import is_private, private_names
from ..slots import (
    DESCRIPTOR_TYPES,
    class_name,
    descriptor_class,
    descriptor_name,
    dict_of,
    is_class,
    mro_of,
    owner_of,
)
from .reading import PLAIN_TYPES

if TYPE_CHECKING:
    from .guards import Guards

#: What Python itself puts into a class body's namespace.
_PYTHONS_OWN: Final = frozenset(
    {"__module__", "__qualname__", "__annotations__", "__classcell__", "__firstlineno__"}
    | {"__static_attributes__", "__orig_bases__", "__conditional_annotations__"}
)
#: What numpy asks of a sequence while it walks a list.
_ASKED: Final = frozenset({"__len__", "__getitem__", "__iter__"})


def _make_no_enum(*args: object, **keywords: object) -> None:
    raise AccessRefused(
        "making an enum by a call refused", hint="write a class statement", code="call-refused"
    )


_NO_OTHER_ENUM: Final = staticmethod(_make_no_enum)


#: Items as attributes, `__getattr__ = dict.get`: methods of dict, which fail on any other object.
_OF_ITEMS: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "__getattr__": (dict.get, dict.__getitem__),
    "__setattr__": (dict.__setitem__,),
    "__delattr__": (dict.__delitem__,),
}


class _EnumBody(enum._EnumDict):
    """The body of an enum, where what rewritten code keeps for a moment is no member."""

    def __setitem__(self, key: Any, value: Any) -> None:
        if type(key) is str and key.startswith(" "):
            dict.__setitem__(self, key, value)
        else:
            super().__setitem__(key, value)


class ClassGuard:
    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        #: ids of the wrappers made here; the guards keep them alive.
        self._bound: set[int] = set()

    def build_class(self, body: Any, name: str, /, *bases: Any, **keywords: Any) -> type:
        # Enum and its kin are handed out as tokens: they may be derived from, never called.
        bases = tuple(base.cls if type(base) is ClassToken else base for base in bases)
        for base in bases:
            self._check_base(base)
        if "metaclass" in keywords:
            raise AccessRefused("a class may not choose its metaclass", code="class-refused")
        resolved = types.resolve_bases(bases)
        for base in resolved:
            if not is_class(base):
                raise AccessRefused("this base class is refused", code="class-refused")
            self._check_base(base)
        meta, namespace, keywords = types.prepare_class(name, tuple(resolved), keywords)
        if type(namespace) is enum._EnumDict:
            namespace.__class__ = _EnumBody
        closure = body.__closure__ if body.__code__.co_freevars else None
        exec(body.__code__, self.guards.namespace, namespace, closure=closure)  # noqa: S102
        if resolved is not bases:
            dict.__setitem__(namespace, "__orig_bases__", bases)
        self._check_namespace(name, namespace)
        self._check_private(name, resolved, namespace)
        self._check_length(name, resolved, namespace)
        dict.__setitem__(namespace, MARK, self.guards.mark)
        inherited = [owner_of(mro_of(base), "__getitem__")[1] for base in resolved]
        # A library's sequence of layers asks its attributes, which the class may compute.
        if not _ASKED.isdisjoint(namespace) or types.FunctionType in map(type, inherited):
            dict.__setitem__(namespace, "__array__", no_array)
        iterable = "__iter__" in namespace or any(
            owner_of(mro_of(base), "__iter__")[0] >= 0 for base in resolved
        )
        if "__getitem__" in namespace and not iterable:
            dict.__setitem__(namespace, "__iter__", self.guards.adopt(iterate_items))
        if enum.EnumType in mro_of(meta):
            # Called with a name and members, an enum without members makes classes, unchecked.
            dict.__setitem__(namespace, "_create_", _NO_OTHER_ENUM)
        written = {id(each) for each in namespace.values()}
        for key, value in namespace.items():
            if type(value) is CachedProperty:
                # It keeps what it computed in the object, under the name it stands under here.
                self.guards.fast.shadow(key)
        cls: type = meta(name, tuple(resolved), namespace, **keywords)
        if not self.guards.is_own_class(cls):
            raise AccessRefused("the class was replaced while it was made", code="class-refused")
        if tuple in mro_of(cls) and "_fields" in dict_of(cls):
            self.adopt_generated(cls, written)
        return cls

    def _check_base(self, base: Any) -> None:
        if is_class(base):
            if self.guards.is_own_class(base):
                self._check_finished(base)
                return
            if id(base) in self.guards.catalogue.bases:
                return
        elif type(base) is types.GenericAlias or type(base).__module__ == "typing":
            # `Generic[T]`, `list[int]`: what they resolve to is checked again.
            return
        elif id(base) in self.guards.catalogue.bases:
            return
        raise AccessRefused(
            f"deriving from {base!r} refused" if is_class(base) else "this base class is refused",
            hint="hold such an object in an attribute instead of deriving from its class",
            code="class-refused",
        )

    def _check_finished(self, base: type) -> None:
        """No base still has generated methods that `adopt_generated` did not reach yet."""
        for each in mro_of(base):
            if "__dataclass_fields__" not in dict_of(each):
                continue
            for name in ("__init__", "__setattr__", "__delattr__"):
                value = dict_of(each).get(name)
                known = self.guards.is_own_function(value) or id(value) in self.guards.adopted
                if type(value) is types.FunctionType and not known:
                    raise AccessRefused(
                        f"deriving from '{class_name(each)}' while it is being made refused",
                        hint="derive from it after its definition",
                        code="class-refused",
                    )

    def _check_namespace(self, name: str, namespace: dict[str, Any]) -> None:
        for key in list(namespace):
            if type(key) is not str:
                raise AccessRefused("a name in a class body is not a str", code="class-refused")
            if key.startswith(" "):  # a temporary of a lowered `match`
                dict.__delitem__(namespace, key)
            elif is_dunder(key) and key not in _PYTHONS_OWN:
                self._check_dunder(name, key, namespace)
        annotations = namespace.get("__annotations__", {})
        for key in annotations if type(annotations) is dict else ():
            if is_dunder(key):
                raise self._refusal(name, key)
        if type(namespace.get("__module__")) is not str:
            raise self._refusal(name, "__module__")

    def _check_private(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        """No name that a real base keeps for itself: of the body, of a slot, of a mixin."""
        mro = {each: None for base in bases for each in mro_of(base)}
        own = [each for each in mro if self.guards.is_own_class(each)]
        real = [each for each in mro if each not in own and each is not object]
        slots = namespace.get("__slots__", ())
        keys = {*namespace, *namespace.get("__annotations__", ())}
        keys.update((slots,) if type(slots) is str else slots)
        for each in own:
            # What is reserved there already was put there by the base itself.
            keys.update(
                key for key in dict_of(each) if not self.guards.reading.is_reserved(each, key)
            )
        for held in (namespace, *map(dict_of, own)):
            for key in held.keys() & self.guards.catalogue.overridable:
                self.check_called(name, real, key, held[key])
        for key in sorted(keys):
            holder = next((each for each in real if self.keeps(each, key)), None)
            if holder is not None:
                raise AccessRefused(
                    f"class '{name}' refused: '{key}' is a name that '{class_name(holder)}' keeps"
                    " for itself",
                    hint="choose another name",
                    code="class-refused",
                )

    def check_called(self, name: str, real: Iterable[type], key: str, value: Any) -> None:
        """What a real base calls by a private name that it leaves to its classes."""
        inner = _inside(value)
        asking = [each for each in real if key in private_names(each)]
        # An enum's body begins with what the real enum has.
        theirs = any(_inside(dict_of(each).get(key)) is inner for each in asking)
        known = theirs or type(inner) in PLAIN_TYPES or self.guards.is_own_function(inner)
        if asking and not known:
            raise AccessRefused(
                f"class '{name}' refused: '{key}' must be plain data or a function written in the"
                " source",
                hint=f"def {key}(...): ...",
                code="class-refused",
            )

    def _check_length(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        """C code asks a list how long it is by its class's method, and reads so many items."""
        mro = {each: None for base in bases for each in mro_of(base)}
        if list not in mro and tuple not in mro:
            return
        tells = [each for each in mro if each not in (list, tuple) and "__len__" in dict_of(each)]
        if "__len__" in namespace or any(each.__module__ != "collections.abc" for each in tells):
            raise AccessRefused(
                f"class '{name}' refused: a list or tuple with a '__len__' of its own",
                hint="hold the list in an attribute, or use another name than __len__",
                code="class-refused",
            )

    def keeps(self, real: type, name: str) -> bool:
        """Whether a real class keeps the name for itself; no class of a technique's own does."""
        if self.guards.is_own_class(real) or not is_private(name):
            return False
        return name not in self.guards.catalogue.overridable and name in private_names(real)

    def is_reserved_below(self, cls: type, name: str) -> bool:
        """Whether the class or one that is derived from it must leave the name to a real base."""
        if self.guards.reading.is_reserved(cls, name):
            return True
        derived: list[type] = type.__subclasses__(cls)
        return any(self.is_reserved_below(each, name) for each in derived)

    def _check_dunder(self, name: str, key: str, namespace: dict[str, Any]) -> None:
        value = namespace[key]
        if type(value) in DESCRIPTOR_TYPES and value in _OF_ITEMS.get(key, ()):
            dict.__setitem__(namespace, key, self._of_items(key, value))
        elif key in ("__doc__",):
            if type(value) not in (str, type(None)):
                raise self._refusal(name, key)
        elif key == "__match_args__":
            pass  # nobody but the guard of patterns reads it, and that looks at what it holds
        elif key == "__slots__":
            names = (value,) if type(value) is str else value
            if type(names) not in (tuple, list) or any(type(each) is not str for each in names):
                raise self._refusal(name, key)
            if any(is_dunder(each) for each in names):
                raise self._refusal(name, key)
            # A list could change after this look.
            dict.__setitem__(namespace, key, value if type(value) is str else tuple(names))
        elif value is None and key in ("__hash__", "__iter__", "__contains__", "__reversed__"):
            pass
        elif key in DEFINABLE_METHODS:
            dict.__setitem__(namespace, key, self._method(name, key, value))
        else:
            raise self._refusal(name, key)

    def _method(self, name: str, key: str, value: Any) -> Any:
        inner = value
        if type(value) in (classmethod, staticmethod):
            inner = value.__func__
        if type(inner) in DESCRIPTOR_TYPES and self._is_listed(inner, key):
            return value  # `__str__ = str.__str__`
        if not self.guards.is_own_function(inner) and id(inner) not in self.guards.adopted:
            raise AccessRefused(
                f"'{key}' of class '{name}' refused: it must be a function written in the source",
                hint=f"def {key}(self, ...): ...",
                code="class-refused",
            )
        if inner is not value:
            inner = _as_method(value)
        if key == "__getattr__":
            return self.guards.adopt(_without_dunders(inner))
        if key == "__setattr__":
            return self.guards.adopt(self._for_ordinary_names(inner))
        if key == "__exit__":
            return self.guards.adopt(self._without_traceback(inner))
        return value

    def _of_items(self, key: str, of_dict: Callable[..., Any]) -> Any:
        function = _as_function(of_dict)
        if key == "__getattr__":
            function = _without_dunders(function)
        if key == "__setattr__":
            function = self._for_ordinary_names(function)
        return self.guards.adopt(function)

    def _is_listed(self, descriptor: Any, key: str) -> bool:
        """Whether it is what a class in C says of itself under that very name."""
        kind = type(descriptor)
        of_class = self.guards.catalogue.members.get(descriptor_class[kind](descriptor), {})
        member = of_class.get(key)
        return descriptor_name[kind](descriptor) == key and member is not None and member.pure

    def _without_traceback(self, function: Callable[..., Any]) -> Callable[..., Any]:
        hand_out = self.guards.reading.hand_out_class

        def leave(self: Any, kind: Any = None, value: Any = None, trace: Any = None) -> Any:
            # The class may be any library's, or the wall's own.
            return function(self, hand_out(kind) if is_class(kind) else kind, value, None)

        leave.__name__ = "__exit__"
        return leave

    def _for_ordinary_names(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Libraries set what no technique may see, such as an exception's traceback."""
        set_past_own = self.guards.writing.set_past_own

        def __setattr__(self: Any, name: str, value: Any, /) -> None:  # noqa: N807
            if type(name) is str and is_dunder(name):
                set_past_own(self, name, value)
            else:
                function(self, name, value)

        return __setattr__

    def own(self, cls: type) -> None:
        """Marks a class that the standard library made of checked names."""
        setattr(cls, MARK, self.guards.mark)

    def adopt_generated(self, cls: type, written: set[int]) -> None:
        """Methods that `dataclass` and named tuples generated may be called by name.

        They read and set attributes of whatever they are given, unguarded: each is wrapped, so
        that it is given an instance of its own class. written: ids of what the source itself put
        into the class; that gains nothing here.
        """
        for name, value in list(dict_of(cls).items()):
            inner = value.__func__ if type(value) in (classmethod, staticmethod) else value
            generated = type(inner) is types.FunctionType and id(value) not in written
            if not generated or self.guards.is_own_function(inner) or id(inner) in self._bound:
                continue
            if type(value) is classmethod:
                self.guards.adopt(inner)
                continue
            bound = self._of_own_class(cls, name, inner)
            setattr(cls, name, staticmethod(bound) if type(value) is staticmethod else bound)

    def _of_own_class(self, cls: type, name: str, function: Any) -> Callable[..., Any]:
        """`function`, for instances of `cls` only; `__new__`, for its subclasses only."""
        fields = tuple(dict_of(cls).get("__dataclass_fields__", ()))
        for field in fields:
            self.guards.fast.shadow(field)
        reading, writing = self.guards.reading, self.guards.writing
        check_own, checked, filled = writing.check_own, reading.checked_name, writing.filled

        def method(self: Any, /, *args: Any, **keywords: Any) -> Any:
            kind = self if name == "__new__" else type(self)
            if (cls, kind) not in filled:
                if not is_class(kind) or cls not in mro_of(kind):
                    raise AccessRefused(
                        f"'{name}' of class '{class_name(cls)}' on another class's object refused",
                        hint="call it on an instance of that class",
                        code="call-refused",
                    )
                for field in fields:
                    check_own(self, kind, field)
                if not reading.changing:
                    filled.add((cls, kind))
            if name in ("__setattr__", "__delattr__") and args:
                check_own(self, kind, checked(args[0]))
            return function(self, *args, **keywords)

        for each in ("__name__", "__qualname__", "__doc__"):
            setattr(method, each, getattr(function, each))
        self._bound.add(id(method))
        return self.guards.adopt(method)  # type: ignore[no-any-return]

    def _refusal(self, name: str, key: str) -> AccessRefused:
        return AccessRefused(
            f"class '{name}' refused: it defines '{key}'",
            hint=ATTRIBUTE_HINTS.get(key, "docs/policy.md lists the special methods allowed"),
            code="class-refused",
        )


def _inside(value: Any) -> Any:
    return value.__func__ if type(value) in (classmethod, staticmethod) else value


def _as_method(descriptor: Any) -> Callable[..., Any]:
    """What a static or class method does, as a function that is called with the object first."""

    def call(self: Any, /, *args: Any) -> Any:
        return descriptor.__get__(self, type(self))(*args)

    return call


def _as_function(of_dict: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, /, *args: Any) -> Any:
        return of_dict(self, *args)

    return call


def _without_dunders(function: Callable[..., Any]) -> Callable[..., Any]:
    def __getattr__(self: Any, name: str) -> Any:  # noqa: N807
        if type(name) is not str or is_dunder(name):
            raise AttributeError(name)
        return function(self, name)

    return __getattr__
