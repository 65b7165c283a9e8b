"""Says whether a value is of a kind that no technique may hold, from outside the policy.

Nothing here asks the guards: what they hand out is compared with the tables and with the real
objects of this process. What is not known to be harmless is a finding.
"""

from __future__ import annotations

import abc
import collections
import functools
import gc
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from cloche_server.walls.language.adapters.cached_property import CachedProperty
from cloche_server.walls.language.adapters.chain_map import ChainMap
from cloche_server.walls.language.adapters.ordered_dict import OrderedDict
from cloche_server.walls.language.adapters.torch_data import DataLoader
from cloche_server.walls.language.arrays import ArrayFunction, Ufunc
from cloche_server.walls.language.facades import ClassToken, Facade
from cloche_server.walls.language.names import READABLE, is_dunder
from cloche_server.walls.language.rewriting.sealing import ENTER
from cloche_server.walls.language.slots import (
    BUILTIN_TYPES,
    DESCRIPTOR_TYPES,
    builtin_name,
    builtin_self,
    class_name,
    descriptor_class,
    descriptor_name,
    dict_of,
    function_name,
    globals_of,
    is_class,
    method_function,
    method_self,
    mro_of,
    wrapper_name,
    wrapper_self,
)
from cloche_server.walls.language.tables.rows import words

SECRET = "canary-5d1f"
_MOST_VALUES = 400

_FORBIDDEN = (
    *(types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, types.CellType),
    *(memoryview, types.SimpleNamespace, types.CoroutineType),
    *(types.AsyncGeneratorType, types.CapsuleType if hasattr(types, "CapsuleType") else (),),
    *(type(sys.flags), torch.UntypedStorage, torch.storage.TypedStorage, torch._C.Graph),
)  # fmt: skip
_FORBIDDEN = tuple(each for each in _FORBIDDEN if isinstance(each, type))

#: Modules whose classes reach outside the call, or inside the interpreter.
_FORBIDDEN_HOMES = frozenset(
    words("""
    importlib _frozen_importlib _frozen_importlib_external zipimport io _io os posix sys socket
    _socket ctypes _ctypes mmap ssl _ssl threading _thread inspect pickle _pickle marshal asyncio
    _asyncio multiprocessing subprocess logging code codeop ast dis traceback linecache tempfile
    shutil pathlib gc signal _signal site runpy pkgutil atexit faulthandler tracemalloc weakref
    _weakref unittest urllib http requests huggingface_hub jinja2 string safetensors
    RestrictedPython
    """)
)
_ORDERED: collections.OrderedDict[int, int] = collections.OrderedDict()
_PLAIN = frozenset(
    {
        *(int, float, complex, bool, str, bytes, bytearray, type(None), type(...), slice, range),
        *(type(NotImplemented), object),
        *(types.GeneratorType, map, zip, filter, enumerate, reversed, types.GenericAlias),
        *(types.UnionType, type({}.keys()), type({}.values()), type({}.items())),
        *(super, functools._lru_cache_wrapper),
        *(type(sys.float_info), type(sys.version_info)),  # numbers and texts
        *(type(iter(each)) for each in ([], (), {}, set(), "", b"", bytearray(), range(1))),
        *(type(iter({}.values())), type(iter({}.items())), type(reversed([])), type(reversed({}))),
        *(type(reversed({}.items())), type(reversed({}.values()))),
        *(type(iter(int, 1)), type("é".__iter__()), type(iter(range(1 << 70)))),
        *(type(each) for each in (_ORDERED.keys(), _ORDERED.values(), _ORDERED.items())),
        *(type(iter(_ORDERED)), type(functools.cmp_to_key(lambda a, b: 0))),
    }
)
_SEQUENCES = (list, tuple, set, frozenset, collections.deque)
#: Roots of modules whose instances are judged by the rules above and no further.
_LIBRARIES = frozenset(
    words("""
    itertools functools collections _collections _collections_abc operator _operator re _sre random
    _random statistics math decimal fractions datetime time enum typing abc contextlib dataclasses
    textwrap json copy numbers heapq bisect uuid difflib numpy torch transformers tokenizers einops
    cloche
    """)
)
#: In memory only, though their modules' other classes reach outside the call.
_IN_MEMORY = frozenset(
    words("""
    _io.StringIO _io.BytesIO pathlib.PurePath pathlib.PurePosixPath pathlib.PureWindowsPath
    _hashlib.HASH _hashlib.HASHXOF _blake2.blake2b _blake2.blake2s
    """)
)
#: Of the wall itself, what a technique is meant to hold.
_OF_THE_WALL = frozenset({Facade, ClassToken, ArrayFunction, Ufunc, DataLoader})
#: Opaque: abc's memory of a technique's own class.
_INERT = (type(abc.ABC._abc_impl),)  # type: ignore[attr-defined]
#: What libraries put into a technique's own class; the call guard calls none of it.
_INERT_FUNCTIONS = frozenset(
    {
        "torch.nn.modules.module._forward_unimplemented",
        "typing._no_init_or_replace_init",
        "typing._proto_hook",
        "typing._overload_dummy",
        *(f"enum.{name}" for name in ("__new__", "_generate_next_value_", "_missing_")),
        "enum.global_flag_repr",  # how `re`'s own flags are shown
    }
)
#: What a maker of functions made when a library called it, as in `map(contextmanager, ...)`: the
#: call guard did not adopt it, so it calls none of it either. By the code's own name: `wraps` lies.
_INERT_CODE = frozenset(
    {"contextmanager.<locals>.helper", "context_decorator.<locals>.decorate_context"}
)
#: Where the rows stand for what a class in C defines: on what derives from it, or on Python's own.
_LISTED_INSTEAD: dict[type, tuple[type, ...]] = {
    torch._C.TensorBase: (torch.Tensor,),
    np.floating: (float,),
    np.integer: (int,),
}
_METHODS_OF_ALL = frozenset({"__subclasses__", "mro", "__reduce__", "__reduce_ex__"})


def guards_of(namespace: dict[str, Any]) -> Any:
    """The guards of a namespace in which nothing ran yet; a technique has no way to them."""
    return namespace["__builtins__"][ENTER].guards


class Judge:
    """Holds: the ids of what one process must not hand out. For one call."""

    def __init__(self, namespace: dict[str, Any], exhibits: list[Any]) -> None:
        self._namespace = namespace
        self._guards = guards_of(namespace)
        self._catalogue = self._guards.catalogue
        self._own_globals = {id(namespace), id(namespace["__builtins__"])}
        private = list(_dicts_of(exhibits))
        self._private_dicts = {id(held): text for held, text in private}
        self._kept = [held for held, _ in private]  # so that no id is given to another
        #: Types seen, for the report.
        self.census: collections.Counter[str] = collections.Counter()
        #: ids of catalogued callables seen.
        self.members: set[int] = set()

    def judge(self, value: object) -> str | None:
        """Why the value, or what it holds, must not be in a technique's hands; None if it may."""
        seen: set[int] = set()
        todo = [value]
        while todo and len(seen) < _MOST_VALUES:
            each = todo.pop()
            if id(each) in seen:
                continue
            seen.add(id(each))
            found = self._judge_one(each, todo)
            if found is not None:
                return found
        return None

    def _judge_one(self, value: Any, todo: list[Any]) -> str | None:
        cls = type(value)
        self.census[f"{_home(cls)}.{class_name(cls)}"] += 1
        key = id(value)
        if key in self._catalogue.callables:
            self.members.add(key)
            return None
        if cls is str:
            return "the secret was read" if SECRET in value else None
        if cls is dict:
            todo += [*dict.keys(value), *dict.values(value)]
            return self._namespace_of(value)
        if cls in _PLAIN:
            return None
        if cls in _SEQUENCES:
            todo += list(cls.__iter__(value))
            return None
        if is_class(value):
            return self._class(value)
        for each in mro_of(cls):
            if each in _FORBIDDEN:
                return f"a {each.__name__}"
        if cls is types.FunctionType:
            return self._function(value)
        if cls in BUILTIN_TYPES:
            return self._bound(builtin_self(value), builtin_name(value), todo)
        if cls is types.MethodType:
            return self._method(value, todo)
        if cls is types.MethodWrapperType:
            return self._bound(wrapper_self(value), wrapper_name(value), todo)
        if cls in DESCRIPTOR_TYPES:
            return self._member(descriptor_class[cls](value), descriptor_name[cls](value))
        if cls in (staticmethod, classmethod):
            todo.append(value.__func__)
            return None
        if cls is property:
            todo += [value.fget, value.fset, value.fdel]
            return None
        if cls is types.MemberDescriptorType:
            return self._member(value.__objclass__, value.__name__)
        if cls is types.GetSetDescriptorType:
            # `int.imag`: inert, and its class's rows list it.
            return self._member(value.__objclass__, value.__name__)
        if cls is types.MappingProxyType:
            return self._proxy(value)
        if cls is functools.partial:
            todo += [*functools.partial.args.__get__(value)]  # type: ignore[attr-defined]
            function = functools.partial.func.__get__(value)  # type: ignore[attr-defined]
            return None if id(function) in self._guards.adopted else self._judge_one(function, todo)
        if np.ndarray in mro_of(cls):
            return _memory_of_array(value, todo)
        if torch.Tensor in mro_of(cls):
            return _memory_of_tensor(value)
        return self._instance(value, cls, todo)

    def _instance(self, value: Any, cls: type, todo: list[Any]) -> str | None:
        if self._is_own(cls):
            with_dict = object.__getattribute__
            try:
                own = with_dict(value, "__dict__")
            except AttributeError:
                own = {}
            if type(own) is dict:
                reserved = self._guards.reading.is_reserved
                todo += [each for name, each in own.items() if not reserved(cls, name)]
            for base in mro_of(cls):
                # An own exception, list or dict holds what its base holds.
                if base in _SEQUENCES:
                    todo += list(base.__iter__(value))  # type: ignore[attr-defined]
                elif base is dict:
                    todo += [*dict.keys(value), *dict.values(value)]
            return None
        if issubclass(cls, BaseException):
            todo += BaseException.args.__get__(value)  # type: ignore[attr-defined]
            return None
        if not _OF_THE_WALL.isdisjoint(mro_of(cls)) or cls in _INERT:
            return None
        if cls is CachedProperty:
            todo.append(value._function)  # what looks at a name has none
            return None
        if ChainMap in mro_of(cls):
            todo += value.maps
            return None
        if OrderedDict in mro_of(cls) or cls in (collections.OrderedDict, collections.defaultdict):
            todo += [*dict.keys(value), *dict.values(value)]
            return self._namespace_of(value)
        home = _home(cls)
        root = home.partition(".")[0]
        if f"{home}.{class_name(cls)}" in _IN_MEMORY:
            return None
        if (
            home.startswith("cloche_server.walls.language.adapters.")
            and cls in self._catalogue.members
        ):
            return None  # stands in for a class of the library's, with rows of its own
        if home.startswith("cloche_server") or root in _FORBIDDEN_HOMES or home in _FORBIDDEN_HOMES:
            return f"a {home}.{class_name(cls)}"
        if root not in _LIBRARIES:
            return f"a {home}.{class_name(cls)}, which nobody has judged"
        return None

    # Kinds

    def _namespace_of(self, value: dict[Any, Any]) -> str | None:
        key = id(value)
        if key in self._own_globals:
            return "the call's own globals"
        if key in self._private_dicts:
            return f"the dict of {self._private_dicts[key]}"
        modules = namespaces_of_modules(len(sys.modules))
        return f"the namespace of {modules[key]}" if key in modules else None

    def _is_own(self, cls: type) -> bool:
        return bool(self._guards.is_own_class(cls))

    def _class(self, cls: type) -> str | None:
        if self._is_own(cls) or id(cls) in self._catalogue.classes:
            return None
        if cls is self._guards.type_class or id(cls) in self._guards.adopted:
            return None  # what stands in for a class of the library's
        if any(self._is_own(each) for each in mro_of(cls)) and "__slots__" in dict_of(cls):
            return None  # dataclass(slots=True) makes the class anew
        if any(
            cls is value for module in self._catalogue.modules.values() for value in module.values()
        ):
            return None
        if _home(cls) == "numpy.dtypes" or _home(cls) == "decimal":
            return None  # in the words of a library's own errors; refused when called
        if mro_of(cls)[1:] == (tuple, object) and "_field_defaults" in dict_of(cls):
            return None  # typing.NamedTuple("Q", ...): of plain names, and refused when called
        return f"the class {_home(cls)}.{class_name(cls)}"

    def _function(self, function: Any) -> str | None:
        key = id(function)
        if globals_of(function) is self._namespace or key in self._guards.adopted:
            return None
        if function.__code__.co_qualname == "CallGuard._judging.<locals>.judging":
            return None  # the guard's own answer: it judges what it passes on
        home = function.__module__
        name = function_name(function)
        # A library class's own version of a listed method, read off the class.
        owner = globals_of(function).get(str(function.__qualname__).partition(".")[0])
        # `collections.Q.__repr__`: of a class that NamedTuple("Q", ...) made.
        listed = f"{home}.{name}" in _INERT_FUNCTIONS
        # What an abstract container says where its own class says nothing: 0, or False.
        listed = listed or home == "collections.abc"
        listed = listed or function.__code__.co_qualname in _INERT_CODE
        listed = listed or (home == "collections" and owner is None)
        if isinstance(owner, type) and dict_of(owner).get(name) is function:
            listed = listed or self._member(owner, name) is None
        if listed:
            return None
        if home == "functools" and function.__qualname__.startswith("_"):
            return None  # what total_ordering adds to a technique's class
        return f"the function {home}.{function.__qualname__}"

    def _method(self, method: Any, todo: list[Any]) -> str | None:
        function, bound = method_function(method), method_self(method)
        if not is_class(bound):
            todo.append(bound)
        if type(function) is not types.FunctionType:
            todo.append(function)
            return None
        key = id(function)
        if key in self._guards.adopted or globals_of(function) is self._namespace:
            return None
        if f"{function.__module__}.{function_name(function)}" in _INERT_FUNCTIONS:
            return None
        if key in self._catalogue.callables:
            self.members.add(key)
            return None
        return self._bound(bound, function_name(function), todo)

    def _bound(self, bound: Any, name: str, todo: list[Any]) -> str | None:
        if bound is None and (name in dict_of(object) or name == "maketrans"):
            return None  # a method of None itself, or a static one that is listed
        if bound is None or isinstance(bound, types.ModuleType):
            return f"the function {getattr(bound, '__name__', '')}.{name}"
        if not is_class(bound):
            todo.append(bound)
            return self._member(type(bound), name)
        found = self._member(bound, name)
        return found and self._member(type(bound), name)

    def _member(self, cls: type, name: str) -> str | None:
        """A method by its name: listed somewhere among the bases, and not a way around."""
        if name in _METHODS_OF_ALL or (is_dunder(name) and name not in READABLE):
            return f"the method {cls.__name__}.{name}"
        for each in (*mro_of(cls), *_LISTED_INSTEAD.get(cls, ())):
            if name in self._catalogue.members.get(each, {}):
                return None
            if self._is_own(each) and name in dict_of(each):
                return None
        if name == "_forward_unimplemented":
            return None  # `forward` of a module that has none
        # The second is what a layer's `__call__` is: calling it is calling the layer.
        if name in ("forward", "_wrapped_call_impl") and self._catalogue.use(cls).called:
            return None
        return f"the method {cls.__name__}.{name}"

    def _proxy(self, proxy: Any) -> str | None:
        """Of an enum's members only: a proxy hands the dict behind it to whoever compares it."""
        for behind in gc.get_referents(proxy):
            if type(behind) is dict and all(self._is_own(type(each)) for each in behind.values()):
                return None
        return "a mappingproxy"


_module_of = type.__dict__["__module__"].__get__


def _home(cls: type) -> str:
    home = _module_of(cls)
    return home if type(home) is str else "?"


@functools.lru_cache(maxsize=2)
def namespaces_of_modules(count: int) -> dict[int, str]:
    """ids of all modules' namespaces; asked anew when the number of modules changes."""
    return {
        id(vars(module)): name
        for name, module in list(sys.modules.items())
        if isinstance(module, types.ModuleType)
    }


def _dicts_of(exhibits: list[Any]) -> Iterator[tuple[dict[Any, Any], str]]:
    for exhibit in exhibits:
        parts = exhibit.modules() if isinstance(exhibit, torch.nn.Module) else [exhibit]
        for each in parts:
            own = vars(each)
            yield own, f"a real {type(each).__name__}"
            for name, value in own.items():
                if type(value) in (dict, collections.OrderedDict) and name.startswith("_"):
                    yield value, f"{name} of a real {type(each).__name__}"


def _memory_of_array(array: Any, todo: list[Any]) -> str | None:
    if type(array) is not np.ndarray:
        return f"an array of class {type(array).__name__}"
    if array.dtype.hasobject:
        todo += array.ravel().tolist()[:50]
    if array.dtype.names and array.dtype.hasobject:
        return "an array of records of objects"
    base = array.base
    if base is None or not array.size:
        return None
    if isinstance(base, np.ndarray):
        low, high = np.lib.array_utils.byte_bounds(array)
        first, last = np.lib.array_utils.byte_bounds(base)
        if low < first or high > last:
            return "an array past the memory of its base"
        return None
    if isinstance(base, (torch.Tensor, bytes)):
        return None
    return f"an array over the memory of a {type(base).__name__}"


def _memory_of_tensor(tensor: Any) -> str | None:
    if tensor.layout is not torch.strided or tensor.device.type == "meta":
        return None
    try:
        storage = torch.Tensor.untyped_storage(tensor).nbytes()
    except (RuntimeError, NotImplementedError):
        return None  # a functional wrapper, as in vmap and grad
    if not torch.Tensor.numel(tensor):
        return None
    reach = torch.Tensor.storage_offset(tensor) + 1
    reach += sum(
        (size - 1) * stride
        for size, stride in zip(torch.Tensor.size(tensor), torch.Tensor.stride(tensor), strict=True)
    )
    if reach * torch.Tensor.element_size(tensor) > storage:
        return f"a tensor of {reach} elements on {storage} bytes"
    return None


def own_function(function: Callable[..., Any], namespace: dict[str, Any]) -> Any:
    """The function as if the technique had written it: called without a look at its arguments."""
    return types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )


__all__ = ["SECRET", "Judge", "guards_of", "own_function"]
