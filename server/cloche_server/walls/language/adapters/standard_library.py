"""What the standard library does by attribute name, by eval, or by calling what it is given."""

from __future__ import annotations

import abc
import collections
import contextlib
import copy
import dataclasses
import functools
import inspect
import itertools
import json
import operator
import pprint
import re
import types
import typing
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..copies import refuse_objects
from ..diagnostics import AccessRefused
from ..exact import exact_keys
from ..facades import Facade
from ..items import item
from ..names import is_dunder
from ..slots import data_of, dict_of, function_dict, is_class, mro_of
from ..tables.rows import words
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards


def _refused(what: str, hint: str) -> AccessRefused:
    return AccessRefused(f"{what} refused", hint=hint, code="call-refused")


def _only(what: str, keywords: dict[str, Any], allowed: Iterable[str]) -> None:
    exact_keys(keywords)
    for key in keywords:
        if key not in allowed:
            raise _refused(f"{what}({key}=...)", f"allowed: {', '.join(sorted(allowed))}")


def _identifier(guards: Guards, value: Any) -> str:
    name = guards.reading.checked_name(value)
    if not name.isidentifier() or name.startswith("_"):
        raise _refused(f"the field name {name!r}", "use an ordinary identifier")
    return name


# functools


def _kept_by(obj: Any) -> dict[str, Any]:
    """What an object of the technique's own holds; nothing that stays, where it has only slots."""
    try:
        return data_of(obj)
    except AttributeError:
        return {}


@adapts("functools.update_wrapper")
def make_update_wrapper(guards: Guards) -> Callable[..., Any]:
    def update_wrapper(wrapper: Any, wrapped: Any, **options: Any) -> Any:
        """Copies the name and the docstring, and nothing that leads back to `wrapped`."""
        if guards.is_own_class(type(wrapper)):
            held = _kept_by(wrapper)
        elif guards.is_own_function(wrapper):
            held = None
        else:
            return wrapper
        read = guards.reading.read
        for name in ("__name__", "__qualname__", "__doc__"):
            try:
                value = read(wrapped, name)
            except (AttributeError, AccessRefused):
                continue
            if type(value) is not str:
                continue
            if held is None:
                setattr(wrapper, name, value)
            else:
                held[name] = value
        if held is None and guards.is_own_function(wrapped):
            own = function_dict(wrapped)
            function_dict(wrapper).update({k: v for k, v in own.items() if not is_dunder(k)})
        return wrapper

    return update_wrapper


@adapts("functools.wraps")
def make_wraps(guards: Guards) -> Callable[..., Any]:
    update_wrapper = make_update_wrapper(guards)

    def wraps(wrapped: Any, **options: Any) -> Any:
        def decorate(wrapper: Any) -> Any:
            return update_wrapper(wrapper, wrapped)

        return guards.adopt(decorate)

    return wraps


def _own_only(original: Callable[..., Any]) -> Callable[[Guards], Callable[..., Any]]:
    """For decorators that set attributes on what they decorate."""
    signature = inspect.signature(original)

    def make(guards: Guards) -> Callable[..., Any]:
        def decorate(*args: Any, **keywords: Any) -> Any:
            # Under whatever name the original has for its one argument.
            (value,) = signature.bind(*args, **keywords).args
            own = guards.is_own_function(value) or id(value) in guards.adopted
            if not own and not (is_class(value) and guards.is_own_class(value)):
                raise _refused(f"{original.__name__} of what is not yours", "decorate your own")
            return guards.reading.change(original, value)

        decorate.__name__ = original.__name__
        decorate.__signature__ = signature  # type: ignore[attr-defined]
        return decorate

    return make


_DECORATORS: Final[dict[str, Any]] = {
    "functools.total_ordering": functools.total_ordering,
    "typing.final": typing.final,
    "typing.overload": typing.overload,
    "typing.runtime_checkable": typing.runtime_checkable,
    "abc.abstractmethod": abc.abstractmethod,
}
for _name, _original in _DECORATORS.items():
    adapts(_name)(_own_only(_original))


# contextlib


@adapts("contextlib.contextmanager")
def make_contextmanager(guards: Guards) -> Callable[..., Any]:
    def contextmanager(func: Any) -> Any:
        function = guards.calls.call(func)

        @functools.wraps(func)
        def start(*args: Any, **keywords: Any) -> Any:
            # The library throws what ended the block into it, with the traceback.
            made = function(*args, **keywords)
            if type(made) is not types.GeneratorType:
                raise TypeError("contextmanager() decorates a generator function: write `yield`")
            return made

        return guards.adopt(contextlib.contextmanager(start))

    return contextmanager


@adapts("contextlib:ExitStack.push")
def make_push(guards: Guards) -> Callable[..., Any]:
    def push(stack: Any, /, exit: Any) -> Any:  # noqa: A002
        if type(stack) is not contextlib.ExitStack:
            raise _refused("push on what is not an ExitStack", "call stack.push(...)")
        if guards.is_own_class(type(exit)) and not callable(exit):
            return stack.push(exit)
        guards.calls.call(exit)
        # A plain function would be handed the traceback.
        hand_out = guards.reading.hand_out_class
        stack.push(lambda kind, value, trace: exit(kind and hand_out(kind), value, None))
        return exit

    return push


# operator


@adapts("operator.attrgetter")
def make_attrgetter(guards: Guards) -> Callable[..., Any]:
    read, checked = guards.reading.read, guards.reading.checked_name

    def attrgetter(*paths: Any) -> Any:
        parts = [[checked(each) for each in checked(path).split(".")] for path in paths]

        def get(obj: Any, /) -> Any:
            values = tuple(functools.reduce(read, path, obj) for path in parts)
            return values[0] if len(values) == 1 else values

        return guards.adopt(get)

    return attrgetter


@adapts("operator.methodcaller")
def make_methodcaller(guards: Guards) -> Callable[..., Any]:
    method, checked = guards.calls.method, guards.reading.checked_name

    def methodcaller(name: Any, /, *args: Any, **keywords: Any) -> Any:
        checked(name)

        def call(obj: Any, /) -> Any:
            return method(obj, name)(*args, **keywords)

        return guards.adopt(call)

    return methodcaller


@adapts("operator.getitem")
def make_getitem(guards: Guards) -> Callable[..., Any]:
    def getitem(obj: Any, key: Any, /) -> Any:
        return item(obj, key)

    return getitem


@adapts("operator.itemgetter")
def make_itemgetter(guards: Guards) -> Callable[..., Any]:
    def itemgetter(key: Any, /, *more: Any) -> Any:
        if not more:
            return guards.adopt(lambda obj, /: item(obj, key))
        keys = (key, *more)
        return guards.adopt(lambda obj, /: tuple([item(obj, each) for each in keys]))

    return itemgetter


@adapts("operator.setitem")
def make_setitem(guards: Guards) -> Callable[..., Any]:
    def setitem(obj: Any, key: Any, value: Any, /) -> None:
        guards.writing.items(obj)[key] = value

    return setitem


@adapts("operator.delitem")
def make_delitem(guards: Guards) -> Callable[..., Any]:
    def delitem(obj: Any, key: Any, /) -> None:
        del guards.writing.items(obj)[key]

    return delitem


def _in_place(original: Callable[..., Any]) -> Callable[[Guards], Callable[..., Any]]:
    def make(guards: Guards) -> Callable[..., Any]:
        def operate(a: Any, b: Any, /) -> Any:
            if type(a) is np.ndarray:
                refuse_objects(a)
            return original(a, b)

        operate.__name__ = original.__name__
        return operate

    return make


for _name in words("iadd iand ifloordiv imul ior isub itruediv ixor"):
    adapts(f"operator.{_name}")(_in_place(getattr(operator, _name)))


# dataclasses and named tuples: both build source text from names and run it

_DATACLASS_OPTIONS: Final = frozenset(
    words("init repr eq order unsafe_hash frozen match_args kw_only slots")
)
_TEXT_ANNOTATION = re.compile(r"^(?:\s*(\w+)\s*\.)?\s*(\w+)")


@adapts("dataclasses.dataclass")
def make_dataclass(guards: Guards) -> Callable[..., Any]:
    def decorate(cls: Any, options: dict[str, Any]) -> Any:
        if not is_class(cls) or not guards.is_own_class(cls):
            raise _refused("dataclass of what is not a class of yours", "use it as a decorator")
        own = dict_of(cls)
        kept = own.get("__annotations__", {})
        for name in kept:
            if is_dunder(guards.reading.checked_name(name)) or not name.isidentifier():
                raise _refused(f"the field name {name!r}", "use an ordinary identifier")
        for name in own.keys() & kept.keys():
            setattr(cls, name, _as_own(own[name]))
        written = {id(each) for each in own.values()}
        # dataclasses looks for text annotations in the module of that name, which does not exist.
        if kept:
            cls.__annotations__ = {name: _as_object(guards, each) for name, each in kept.items()}
        # The source's own code may run, and make instances, before the methods are wrapped.
        inherited = (dict_of(each).get("__dataclass_fields__", ()) for each in mro_of(cls))
        for name in {*kept, *itertools.chain(*inherited)}:
            guards.writing.check_own(cls, cls, name)
        try:
            made = dataclasses.dataclass(**options)(cls)
        finally:
            # It may have failed half way, or made another class: this one has methods too.
            guards.classes.adopt_generated(cls, written)
        if kept:
            made.__annotations__ = kept
        guards.classes.adopt_generated(made, written)
        return made

    def dataclass(cls: Any = None, /, **options: Any) -> Any:
        _only("dataclass", options, _DATACLASS_OPTIONS)
        if cls is not None:
            return guards.reading.change(decorate, cls, options)

        def decorator(cls: Any) -> Any:
            return guards.reading.change(decorate, cls, options)

        return guards.adopt(decorator)

    return dataclass


def _as_own(value: Any) -> Any:
    """A field for one class alone: another that took it over would rename it for both."""
    return copy.copy(value) if type(value) is dataclasses.Field else value


def _as_object(guards: Guards, annotation: Any) -> Any:
    """What a dataclass takes an annotation in text for: `X.ClassVar` if X is `typing`."""
    if type(annotation) is not str:
        return annotation
    found = _TEXT_ANNOTATION.match(annotation)
    if found is None:
        return object
    module, name = found.groups()
    value = guards.namespace.get(module or name)
    if module is not None:
        value = value.members.get(name) if type(value) is Facade else None
    if value is typing.ClassVar or value is dataclasses.KW_ONLY:
        return value
    return dataclasses.InitVar[object] if value is dataclasses.InitVar else object


def _make_as(function: Callable[..., Any], option: str) -> Callable[[Guards], Callable[..., Any]]:
    def make(guards: Guards) -> Callable[..., Any]:
        def convert(obj: Any, **options: Any) -> Any:
            if not guards.is_own_class(type(obj)):
                raise _refused(f"{function.__name__} of a library's object", "name its fields")
            _only(function.__name__, options, (option,))
            made = {key: guards.calls.call(value) for key, value in options.items()}
            return function(obj, **made)

        convert.__name__ = function.__name__
        return convert

    return make


adapts("dataclasses.asdict")(_make_as(dataclasses.asdict, "dict_factory"))
adapts("dataclasses.astuple")(_make_as(dataclasses.astuple, "tuple_factory"))


@adapts("dataclasses.replace")
def make_replace(guards: Guards) -> Callable[..., Any]:
    def replace(obj: Any, /, **changes: Any) -> Any:
        if not guards.is_own_class(type(obj)):
            raise _refused("replace() of a library's object", "make a dataclass of your own")
        exact_keys(changes)
        return dataclasses.replace(obj, **changes)

    return replace


@adapts("dataclasses.fields")
def make_fields(guards: Guards) -> Callable[..., Any]:
    def fields(class_or_instance: Any) -> Any:
        cls = class_or_instance if is_class(class_or_instance) else type(class_or_instance)
        if not guards.is_own_class(cls):
            raise _refused("fields() of a library's object", "name its fields")
        return dataclasses.fields(cls)

    return fields


@adapts("collections.namedtuple")
def make_namedtuple(guards: Guards) -> Callable[..., Any]:
    def namedtuple(
        typename: Any, field_names: Any, *, rename: Any = False, defaults: Any = None,
        module: Any = None,
    ) -> Any:  # fmt: skip
        if type(field_names) is str:
            field_names = field_names.replace(",", " ").split()
        if rename:
            # The library itself writes its place for what is no field's name.
            names = [guards.reading.checked_name(each) for each in field_names]
        else:
            names = [_identifier(guards, each) for each in field_names]
        make: Callable[..., type] = collections.namedtuple
        cls = make(
            _identifier(guards, typename), names, rename=bool(rename), defaults=defaults,
            module="technique",
        )  # fmt: skip
        guards.classes.own(cls)
        guards.classes.adopt_generated(cls, set())
        return cls

    return namedtuple


# json and copy

_DUMPS_DEFAULTS: Final = {
    "skipkeys": False,
    "ensure_ascii": True,
    "check_circular": True,
    "allow_nan": True,
    "indent": None,
    "separators": None,
    "default": None,
    "sort_keys": False,
}
_DUMPS: Final = frozenset(_DUMPS_DEFAULTS)
_LOADS: Final = frozenset(
    words("object_hook object_pairs_hook parse_float parse_int parse_constant")
)


@adapts("json.dumps")
def make_dumps(guards: Guards) -> Callable[..., Any]:
    def dumps(obj: Any, *, cls: Any = None, **options: Any) -> str:
        _only("json.dumps", options, _DUMPS)
        if cls is not None:
            # What json does, as the technique could write it.
            encoder = guards.calls.call(cls)(**{**_DUMPS_DEFAULTS, **options})
            return guards.calls.method(encoder, "encode")(obj)  # type: ignore[no-any-return]
        # The encoder written in C goes on using lists and keys that a callback has taken away.
        return "".join(json.JSONEncoder(**options).iterencode(obj))

    return dumps


@adapts("json.loads")
def make_loads(guards: Guards) -> Callable[..., Any]:
    def loads(s: Any, **options: Any) -> Any:
        _only("json.loads", options, _LOADS)
        return json.loads(s, **options)

    return loads


@adapts("copy.deepcopy")
def make_deepcopy(guards: Guards) -> Callable[..., Any]:
    def deepcopy(x: Any) -> Any:
        # No memo: it would let a caller choose what real objects are rebuilt from.
        return copy.deepcopy(x)

    return deepcopy


# pprint

_PFORMAT: Final = frozenset(words("indent width depth compact sort_dicts underscore_numbers"))


@adapts("pprint.pformat")
def make_pformat(guards: Guards) -> Callable[..., Any]:
    def pformat(object: Any, **options: Any) -> str:  # noqa: A002
        _only("pformat", options, _PFORMAT)
        return pprint.pformat(object, **options)

    return pformat
