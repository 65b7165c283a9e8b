"""Calling. What is not on a list is not called, however it was obtained.

The guard answers with what may be called in the caller's own frame (zero-argument `super` looks at
that frame): the object itself, or a wrapper that also looks at callable arguments.
"""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..arguments import prepared
from ..arrays import ArrayFunction
from ..copies import ASKED_ITSELF, WALKING_LIBRARIES, library_of, owned
from ..diagnostics import AccessRefused
from ..facades import ClassToken, Facade
from ..slots import (
    BUILTIN_TYPES,
    DESCRIPTOR_TYPES,
    builtin_name,
    builtin_self,
    class_name,
    descriptor_class,
    descriptor_name,
    dict_of,
    function_name,
    is_class,
    method_function,
    method_self,
    mro_of,
    owner_of,
    partial_function,
    wrapper_name,
    wrapper_self,
)
from ..tensors import TensorMethod
from .reading import LISTED, OPEN, PLAIN_TYPES, HandedOn

if TYPE_CHECKING:
    from .guards import Guards


_FUNCTION_TYPES: Final = frozenset(
    {types.FunctionType, types.MethodType, types.MethodWrapperType}
    | {*BUILTIN_TYPES, *DESCRIPTOR_TYPES}
)
_WALKING: Final = (
    ("torch.optim.lr_scheduler", "LambdaLR"),
    ("torch.optim.lr_scheduler", "MultiplicativeLR"),
    ("transformers", "LogitsProcessorList"),
    ("transformers", "StoppingCriteriaList"),
    ("numpy", "piecewise"),
)


#: Modules whose members call what they are given with values that nobody has judged.
PASSING_ON: Final = ("builtins", "itertools", "functools", "numpy")
#: Of their members, those that call the first argument, or `key`, or none, and nothing else. What
#: is not called is handed on as in a direct call: a model stays a model.
_CALLING_FIRST: Final = {
    "builtins": ("filter", "map"),
    "functools": ("partial", "reduce"),
    "itertools": ("dropwhile", "filterfalse", "starmap", "takewhile"),
}
_CALLING_KEY: Final = {"builtins": ("max", "min", "sorted")}
_CALLING_NOTHING: Final = {
    "itertools": (
        *("combinations", "combinations_with_replacement", "compress", "permutations"),
        *("product", "repeat", "tee"),
    ),
}
#: A class with its parameters filled in: how to read what it makes.
_ALIASES: Final[dict[type, Callable[[Any], Any]]] = {
    types.GenericAlias: types.GenericAlias.__dict__["__origin__"].__get__,
    **dict.fromkeys(
        (type(typing.List[int]), type(typing.Deque)),  # noqa: UP006
        lambda alias: object.__getattribute__(alias, "__origin__"),
    ),
}


def _library(callee: Any) -> str:
    """The first name of the module that a callable, or the class of a callable object, is from."""
    holder = callee
    if type(callee) is types.MethodType:
        holder = method_function(callee)
    elif type(callee) in BUILTIN_TYPES and not isinstance(builtin_self(callee), types.ModuleType):
        holder = type(builtin_self(callee))
    elif type(callee) in DESCRIPTOR_TYPES:
        holder = descriptor_class[type(callee)](callee)
    elif type(callee) not in _FUNCTION_TYPES and not is_class(callee):
        holder = type(callee)
    return library_of(holder)


class CallGuard:
    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        self._wrappers: dict[int, tuple[Any, Callable[..., Any]]] = {}
        self._callable_types: dict[type, bool] = {}
        #: ids of what needs no look: pure listed callables, and the technique's own classes.
        self._plain = set(guards.catalogue.pure)
        self._own_classes: list[type] = []
        self._allowed_methods: set[tuple[types.FunctionType, type]] = set()
        modules = guards.catalogue.modules
        #: ids of what calls its arguments with whatever it likes: `map`, `starmap`, `partial`.
        self._passing_on = {id(each) for module in PASSING_ON for each in modules[module].values()}
        self._calling_first = _ids(modules, _CALLING_FIRST)
        self._calling_key = _ids(modules, _CALLING_KEY)
        self._passing_on -= self._calling_first | self._calling_key
        self._passing_on -= _ids(modules, _CALLING_NOTHING)
        #: ids of what calls the members of a list that it is given.
        self._walking = {
            id(modules[module][name]) for module, name in _WALKING if name in modules[module]
        }
        self.call = self._fast_call()
        self.method = self._fast_method()
        self.unbound = self._make_unbound()

    def _fast_call(self) -> Callable[[Any], Any]:
        namespace, slow = self.guards.namespace, self.slow_call
        plain = self._plain
        function = types.FunctionType

        def call(callee: Any) -> Any:
            # Of an exact function, `__globals__` is the C slot: nothing can stand before it.
            if type(callee) is function and callee.__globals__ is namespace:
                return callee
            if id(callee) in plain:
                return callee
            return slow(callee)

        return call

    def _fast_method(self) -> Callable[[Any, str], Any]:
        verdicts, namespace = self.guards.reading.verdicts, self.guards.namespace
        slow_read, call = self.guards.reading.slow_read, self.call
        method = types.MethodType
        function = types.FunctionType

        def read_method(obj: Any, name: str) -> Any:
            # Asked, not tried: a KeyError would hold the class itself as a refusal's __context__.
            known = verdicts.get(type(obj))
            verdict = None if known is None else known.get(name)
            if verdict is None:
                return call(slow_read(obj, name))
            if verdict is LISTED:
                return getattr(obj, name)
            if verdict is OPEN:
                value = getattr(obj, name)
                if type(value) is method:
                    called = value.__func__
                    if type(called) is function and called.__globals__ is namespace:
                        return value
                return call(value)
            if type(verdict) is HandedOn:
                return call(getattr(obj, name))  # by nobody else
            value = verdict(obj)  # type: ignore[operator]
            looks_itself = type(verdict) is TensorMethod or type(value) is ArrayFunction
            return value if looks_itself else call(value)

        return read_method

    def _make_unbound(self) -> Callable[[Any, str], Any]:
        method = self.method

        def unbound(obj: Any, name: str) -> Callable[..., Any]:
            """The method as a function that is handed the object once more, and leaves it out."""
            found = method(obj, name)

            def call(_: Any, /, *args: Any, **keywords: Any) -> Any:
                return found(*args, **keywords)

            return call

        return unbound

    def slow_call(self, callee: Any) -> Any:
        """Decides on everything but a technique's own function. Raises AccessRefused."""
        guards = self.guards
        row = guards.catalogue.callables.get(id(callee))
        if row is not None:
            return callee if row[1] else self._judging(callee)
        if id(callee) in guards.adopted:
            return self._judging(callee)
        cls = type(callee)
        if cls is types.MethodType:
            if guards.is_own_function(method_function(callee)):
                return callee
            if _runs(method_function(callee), _BOUND):
                return callee
            if self._is_method_allowed(callee):
                return self._judging(callee)
        elif callee is guards.type_class:
            return callee
        elif _runs(callee, _JUDGING):
            # Came back from what it was handed to; see _to_be_called.
            return callee
        elif is_class(callee):
            if guards.is_own_class(callee):
                self._own_classes.append(callee)  # kept, so that its id stays its own
                self._plain.add(id(callee))
                return callee
        elif guards.is_own_class(cls):
            # Python itself says so when the class has no __call__.
            return callee
        elif cls in BUILTIN_TYPES:
            if self._is_member(builtin_self(callee), builtin_name(callee)):
                return self._judging(callee)
        elif cls is types.MethodWrapperType:
            if self._is_member(wrapper_self(callee), wrapper_name(callee)):
                return self._judging(callee)
        elif cls in DESCRIPTOR_TYPES:
            if self._is_descriptor_allowed(callee):
                return self._judging(callee)
        elif cls is functools.partial:
            if type(partial_function(callee)) is not functools.partial:
                self.call(partial_function(callee))
                return self._judging(callee)
        elif cls is functools._lru_cache_wrapper:
            self.call(callee.__wrapped__)
            return self._judging(callee)
        elif cls is staticmethod:
            return self.call(callee.__func__)
        elif cls in _ALIASES:
            made = _ALIASES[cls](callee)
            if cls is not types.GenericAlias and not object.__getattribute__(callee, "_inst"):
                return callee  # `typing.List[int]()`: it says by itself what to write instead
            if is_class(made) and guards.is_own_class(made):
                return callee  # `Box[int](5)` makes a Box that knows of its int
            # Called as the alias, it would call its arguments past the look at them.
            return self.call(made)
        elif guards.catalogue.use(cls).called:
            return self._judging(callee)
        raise self._refusal(callee)

    def _is_method_allowed(self, method: Any) -> bool:
        function, bound = method_function(method), method_self(method)
        if type(function) is not types.FunctionType or is_class(bound):
            return self._is_function_allowed(function, bound)
        # Nothing a technique does changes the answer: it hangs on library classes alone.
        key = (function, type(bound))
        if key in self._allowed_methods:
            return True
        if self._is_function_allowed(function, bound):
            self._allowed_methods.add(key)
            return True
        return False

    def _is_function_allowed(self, function: Any, bound: Any) -> bool:
        """Whether a function may be called that is bound to the object, as a method."""
        guards = self.guards
        if id(function) in guards.adopted:
            return True
        row = guards.catalogue.callables.get(id(function))
        if row is not None:
            return True
        if type(function) is not types.FunctionType:
            return self.call(function) is not None
        # A library class's own version of a listed method: the same function must be found under
        # its name, and the name must be allowed there. `super()` reaches past the nearest one.
        name = function_name(function)
        cls = bound if is_class(bound) else type(bound)
        for each in self._real_classes(cls):
            raw = dict_of(each).get(name)
            if (raw.__func__ if type(raw) is classmethod else raw) is function:
                return self._is_member(bound, name)
        return False

    def _is_member(self, bound: Any, name: str) -> bool:
        """Whether `name` is a listed, unadapted method of the object it is bound to."""
        if isinstance(bound, types.ModuleType) or bound is None:
            return False
        mro = self._real_classes(bound if is_class(bound) else type(bound))
        index, _ = owner_of(mro, name)
        if index < 0 and is_class(bound):
            mro = mro_of(type(bound))
            index, _ = owner_of(mro, name)
        if index < 0:
            return False
        if name == "forward" and self.guards.catalogue.use(type(bound)).called:
            return True
        return self._is_listed(mro[index:], name)

    def _real_classes(self, cls: type) -> tuple[type, ...]:
        # A technique's own override does not hide the base's method from `super()`.
        return tuple(each for each in mro_of(cls) if not self.guards.is_own_class(each))

    def _is_listed(self, mro: tuple[type, ...], name: str) -> bool:
        for each in mro:
            member = self.guards.catalogue.members.get(each, {}).get(name)
            if member is not None:
                return not member.adapter and not member.arrays and member.bounded is None
        return False

    def _is_descriptor_allowed(self, descriptor: Any) -> bool:
        cls = descriptor_class[type(descriptor)](descriptor)
        return self._is_listed(mro_of(cls), descriptor_name[type(descriptor)](descriptor))

    # Arguments

    def _judging(self, callee: Any) -> Callable[..., Any]:
        """A wrapper that looks at each callable argument first. Kept for listed callables."""
        kept = self._wrappers.get(id(callee))
        if kept is not None and kept[0] is callee:
            return kept[1]
        judge, catalogue = self.judge_argument, self.guards.catalogue
        makes = id(callee) in catalogue.makers or catalogue.use(type(callee)).makes
        passes_on, walks = id(callee) in self._passing_on, id(callee) in self._walking
        called = int(id(callee) in self._calling_first)
        named = ("key",) if id(callee) in self._calling_key else ()
        library = "" if id(callee) in self.guards.adopted else _library(callee)
        for_numpy, for_models = library == "numpy", library in WALKING_LIBRARIES
        # A stand-in looks itself; a container only holds what it is given.
        hands_on = library not in ("", "collections")
        is_own = self.guards.is_own_class

        def judging(*args: Any, **kwargs: Any) -> Any:
            if passes_on:
                args = tuple([self._to_be_called(each) for each in args])
                kwargs = {
                    # A type, as in partial(np.zeros, dtype=np.float32), and no function.
                    key: each if key == "dtype" else self._to_be_called(each)
                    for key, each in kwargs.items()
                }
            elif hands_on:
                args = (
                    *[self._to_be_called(each) for each in args[:called]],
                    *[self.handed_on(each) for each in args[called:]],
                )
                kwargs = {
                    key: self._to_be_called(each) if key in named else self.handed_on(each)
                    for key, each in kwargs.items()
                }
            if walks:
                for value in (*args, *kwargs.values()):
                    for each in value if type(value) in (list, tuple) else ():
                        judge(each)
            for value in args:
                if type(value) not in PLAIN_TYPES:
                    judge(value)
            for key, value in kwargs.items():
                if type(key) is not str:
                    raise AccessRefused(
                        "an argument name must be exactly a str", code="call-refused"
                    )
                if type(value) not in PLAIN_TYPES:
                    judge(value)
            if for_numpy:
                copies, kwargs = prepared(callee, args, kwargs)
                args = tuple(copies)
            elif for_models:
                args = tuple([owned(each, is_own) for each in args])
                kwargs = {
                    key: each if key in ASKED_ITSELF else owned(each, is_own)
                    for key, each in kwargs.items()
                }
            try:
                result = callee(*args, **kwargs)
            except BaseException as error:
                if _is_panic(error):
                    raise RuntimeError(str(error)) from None
                raise
            if makes:
                self._adopt_made(result)
            return result

        if id(callee) in catalogue.callables or id(callee) in self.guards.adopted:
            self._wrappers[id(callee)] = (callee, judging)
        return judging

    def _to_be_called(self, value: Any) -> Any:
        """What `map` and its kin are given to call, so that it looks at what it is called with.

        `starmap(map, [(f, ...)])` would call an f that nobody looked at.
        """
        called = type(value) in _ALIASES or self.guards.catalogue.use(type(value)).called
        if type(value) in _FUNCTION_TYPES or called or is_class(value):
            return self.call(value)
        return value

    def handed_on(self, value: Any) -> Any:
        """A library's function or method as who is given it may call it, with whatever it likes.

        `rows.sort(key=cache.batch_select_indices)` would have it index with the lists in `rows`.
        """
        if type(value) not in _FUNCTION_TYPES:
            return value
        called = self.call(value)
        if called is value:
            return value
        name = getattr(value, "__name__", None)
        if type(value) is types.MethodType:
            # Still a method: in a class it stays bound to what it is bound to.
            called = _bound(called, method_self(value), name if type(name) is str else "")
        elif type(name) is str:
            called.__name__ = called.__qualname__ = name
        return called

    def looked_at(self, value: Any) -> Any:
        """What such a function or method calls in the end; anything else itself."""
        if type(value) is types.MethodType and _runs(method_function(value), _BOUND):
            value = inspect.getclosurevars(method_function(value)).nonlocals["called"]
        if _runs(value, _JUDGING):
            return inspect.getclosurevars(value).nonlocals["callee"]
        return value

    def _adopt_made(self, result: Any) -> None:
        for value in result if type(result) is tuple else (result,):
            if type(value) is types.FunctionType:
                self.guards.adopt(value)

    def judge_argument(self, value: Any) -> None:
        """Refuses a callable that the technique itself could not call."""
        cls = type(value)
        known = self._callable_types.get(cls)
        if known is None:
            index, _ = owner_of(mro_of(cls), "__call__")
            module = cls.__module__
            # Annotations are callable in name only.
            inert = cls in (ClassToken, Facade) or module == "typing" or cls is types.GenericAlias
            known = self._callable_types[cls] = index >= 0 and not inert
        if known:
            self.call(value)

    def _refusal(self, callee: Any) -> AccessRefused:
        cls = type(callee)
        if is_class(callee):
            what = f"making a '{class_name(callee)}'"
        elif cls is types.FunctionType:
            what = f"calling the function '{function_name(callee)}'"
        elif cls in BUILTIN_TYPES:
            what = f"calling '{builtin_name(callee)}'"
        elif owner_of(mro_of(cls), "__call__")[0] < 0:
            return AccessRefused(
                f"a '{class_name(cls)}' is not callable", code="call-refused", hint=""
            )
        else:
            what = f"calling a '{class_name(cls)}'"
        return AccessRefused(
            f"{what} refused: not on the list of allowed callables",
            hint="docs/policy.md lists what is allowed",
            code="call-refused",
        )


def _ids(
    modules: dict[str, dict[str, Any]], names: Mapping[str, tuple[str, ...]]
) -> frozenset[int]:
    return frozenset(id(modules[module][name]) for module in names for name in names[module])


def _bound(called: Callable[..., Any], instance: Any, name: str) -> types.MethodType:
    def method(_: Any, /, *args: Any, **keywords: Any) -> Any:
        return called(*args, **keywords)

    method.__name__ = method.__qualname__ = name
    return types.MethodType(method, instance)


def _code_in(function: Any, name: str) -> types.CodeType:
    """The code of a function that another makes: no function of a technique has it."""
    return next(
        each
        for each in function.__code__.co_consts
        if isinstance(each, types.CodeType) and each.co_name == name
    )


_JUDGING: Final = _code_in(CallGuard._judging, "judging")
_BOUND: Final = _code_in(_bound, "method")


def _runs(value: Any, code: types.CodeType) -> bool:
    return type(value) is types.FunctionType and value.__code__ is code


def _is_panic(error: BaseException) -> bool:
    """Whether Rust code (tokenizers, safetensors) panicked, which no `except Exception` catches.

    PyO3 makes the class for each extension and exports none.
    """
    kind = type(error)
    return kind.__name__ == "PanicException" and kind.__module__ == "pyo3_runtime"
