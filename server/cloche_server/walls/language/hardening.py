"""Closes attributes that C code reads and that real objects would take from a technique's data.

numpy and torch ask any object for `__array_interface__`, `__cuda_array_interface__` or
`__dlpack__`, and believe the memory address they find there. A technique's own classes cannot have
such names. But a model output sets attributes from the keys of a dict that a patched layer may
return, and a batch of encodings answers attributes from its keys. On these classes the names
are made to be missing, for good, before any technique runs.
"""

from __future__ import annotations

import codecs
import collections
import contextlib
import copyreg
import encodings
import enum
import functools
import inspect
import types
import typing
from typing import Any, Final

from .aliases import harden_aliases
from .copies import ASKED_ITSELF, owned, private
from .interpreter import patch_interpreter
from .kernels import harden_kernels, replaces
from .names import MARK, is_dunder
from .optimizers import harden_optimizers
from .parametrizations import harden_parametrizations, held

C_PROTOCOLS = (
    *("__array_interface__", "__array_struct__", "__array__", "__cuda_array_interface__"),
    *("__dlpack__", "__dlpack_device__", "__array_namespace__"),
    *("__deepcopy__", "__copy__", "__wrapped__", "__signature__"),
)


#: Python's own, as tests put it back.
SIGNATURE_IS_BUILTIN: Final = vars(inspect)["_signature_is_builtin"]


def _harden_enum() -> None:
    """No technique's enum makes other classes, whatever becomes of its list of members."""
    meta: Any = enum.EnumType
    original = meta.__dict__["_create_"]
    if hasattr(original, "hardened"):
        return

    def _create_(cls: Any, *args: Any, **keywords: Any) -> Any:
        if any(MARK in vars(each) for each in cls.__mro__):
            raise TypeError("an enum of a technique does not make classes")
        return original(cls, *args, **keywords)

    _create_.hardened = True  # type: ignore[attr-defined]
    meta._create_ = _create_


def _harden_ordered_dicts() -> None:
    """Modules make their state of dicts whose keys may do what they like."""
    from torch.nn.modules import container, module

    from .adapters.ordered_dict import OrderedDictOfTorch

    for each in (container, module):
        vars(each)["OrderedDict"] = OrderedDictOfTorch


def _harden_counter() -> None:
    """Counting in C goes on using a count that its own `__add__` has taken out."""

    def _count_elements(mapping: Any, iterable: Any) -> None:
        get = mapping.get
        for each in iterable:
            mapping[each] = get(each, 0) + 1

    vars(collections)["_count_elements"] = _count_elements


def _harden_copies() -> None:
    """A copied method is made of its function, not read of its object by the function's name.

    A technique may set that name, and the read asks nobody.
    """
    copyreg.pickle(types.MethodType, _parts_of_method)


def _parts_of_method(method: Any) -> tuple[Any, ...]:
    return types.MethodType, (method.__func__, method.__self__)


def _harden_codecs() -> None:
    """Codecs that read outside what they are given do not, or are not there; see known_bugs.py."""
    if hasattr(_find_codec, "installed"):
        return
    codecs.unregister(encodings.search_function)
    codecs.register(_find_codec)
    _find_codec.installed = True  # type: ignore[attr-defined]


def _find_codec(name: str) -> codecs.CodecInfo | None:
    plain = name.replace("-", "_").lower()
    if plain.startswith(("iso2022", "iso_2022", "csiso2022")):
        return None
    found = encodings.search_function(name)
    if found is None or "escape" not in found.name:
        return found

    def decode(data: Any, errors: str = "strict") -> tuple[str, int]:
        if errors != "strict":
            raise ValueError(f"{found.name} decodes with errors='strict' only")
        return found.decode(data, "strict")

    return codecs.CodecInfo(name=found.name, encode=found.encode, decode=decode)


def _harden_modules() -> None:
    """No module, buffer or parameter is registered under a special name.

    `copy`, numpy and others would find it as the object's own `__deepcopy__` and call it.
    """
    from torch import nn

    for name in ("add_module", "register_buffer", "register_parameter"):
        original: Any = vars(nn.Module)[name]
        if not hasattr(original, "hardened"):
            setattr(nn.Module, name, _with_ordinary_name(original))


def _harden_attributes_of_modules() -> None:
    """A module has no special name but its class's, whatever its registers hold.

    numpy and others ask any object for `__array_interface__`, and believe the address in it.
    """
    from torch import nn

    original: Any = nn.Module.__getattr__
    if hasattr(original, "hardened"):
        return

    @functools.wraps(original)
    def __getattr__(self: Any, name: str) -> Any:  # noqa: N807
        if name.startswith("__"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        try:
            return original(self, name)
        except AttributeError:
            steps = held(self, name)
            if steps is None:
                raise
        return steps.seen()

    __getattr__.hardened = True  # type: ignore[attr-defined]
    nn.Module.__getattr__ = __getattr__  # type: ignore[method-assign]


def _with_ordinary_name(original: Any) -> Any:
    @functools.wraps(original)
    def register(self: Any, name: Any, *args: Any, **keywords: Any) -> Any:
        # Exactly str: a subclass could be found under another name than it shows.
        if type(name) is not str or is_dunder(name):
            raise KeyError("the name must be an ordinary str")
        return original(self, name, *args, **keywords)

    register.hardened = True  # type: ignore[attr-defined]
    return register


def _harden_outputs() -> None:
    """No item of a model output becomes `__dict__` or `__class__`: a key is set as an attribute."""
    from transformers.utils import ModelOutput  # type: ignore[attr-defined]

    for method in ("__setattr__", "__setitem__"):
        original: Any = vars(ModelOutput)[method]
        if not hasattr(original, "hardened"):
            setattr(ModelOutput, method, _with_ordinary_key(original))


def _with_ordinary_key(original: Any) -> Any:
    @functools.wraps(original)
    def set_value(self: Any, name: Any, value: Any, /) -> None:
        if type(name) is str and is_dunder(name):
            raise KeyError("a special name cannot be set on a model output")
        original(self, name, value)

    set_value.hardened = True  # type: ignore[attr-defined]
    return set_value


def _harden_protocols() -> None:
    """What the wall puts into a technique's classes is no member of a protocol among them."""
    known: Any = vars(typing)["EXCLUDED_ATTRIBUTES"]
    ours = {MARK, "__array__"}
    vars(typing)["EXCLUDED_ATTRIBUTES"] = type(known)(dict.fromkeys([*known, *sorted(ours)]))


def _harden_signatures() -> None:
    """`inspect.signature` compares what it is given with `type`, which so comes into its hands."""
    vars(inspect)["_signature_is_builtin"] = _is_builtin


def _is_builtin(asked: Any) -> bool:
    return (
        inspect.isbuiltin(asked)
        or inspect.ismethoddescriptor(asked)
        or isinstance(asked, vars(inspect)["_NonUserDefinedCallables"])
        or asked is type
        or asked is object
    )


def _harden_models() -> None:
    """A model indexes with lists that it is called with, and any layer may call it."""
    from transformers import PreTrainedModel

    def make(original: Any) -> Any:
        def __call__(self: Any, *args: Any, **options: Any) -> Any:  # noqa: N807
            given = [owned(each, _is_of_a_technique) for each in args]
            named = {
                key: each if key in ASKED_ITSELF else owned(each, _is_of_a_technique)
                for key, each in options.items()
            }
            return original(self, *given, **named)

        return __call__

    replaces(PreTrainedModel, "__call__", make)


def _is_of_a_technique(cls: type) -> bool:
    return MARK in vars(cls)


def _harden_prefixes() -> None:
    """Sampling indexes with what a function of the technique's returns, which may still change."""
    from transformers import PrefixConstrainedLogitsProcessor

    def make(original: Any) -> Any:
        def __init__(  # noqa: N807
            self: Any, prefix_allowed_tokens_fn: Any, num_beams: Any
        ) -> None:
            def allowed(batch: int, ids: Any) -> Any:
                return private(prefix_allowed_tokens_fn(batch, ids))

            original(self, allowed, num_beams)

        return __init__

    replaces(PrefixConstrainedLogitsProcessor, "__init__", make)


def _harden_embeddings() -> None:
    """A model registers a function of its own with its embeddings, whose class may take it."""
    from torch import nn
    from transformers import PreTrainedModel

    def make(_: Any) -> Any:
        def enable_input_require_grads(self: Any) -> None:
            self.disable_input_require_grads()
            found = {}
            for each in self.modules():
                if isinstance(each, PreTrainedModel):
                    with contextlib.suppress(NotImplementedError):
                        embeddings = each.get_input_embeddings()
                        found[id(embeddings)] = embeddings
            self._require_grads_hooks = [
                nn.Module.register_forward_hook(each, _require_gradient)
                for each in found.values()
                if isinstance(each, nn.Module)
            ]

        return enable_input_require_grads

    replaces(PreTrainedModel, "enable_input_require_grads", make)


def _require_gradient(module: Any, given: Any, output: Any) -> None:
    output.requires_grad_(True)


def _missing(self: Any) -> Any:
    raise AttributeError("not available")


def harden() -> None:
    """Idempotent. Raises InterpreterError where this Python breaks the wall."""
    patch_interpreter()
    _harden_codecs()
    _harden_copies()
    _harden_counter()
    _harden_enum()
    _harden_modules()
    _harden_attributes_of_modules()
    _harden_ordered_dicts()
    _harden_protocols()
    _harden_signatures()
    _harden_outputs()
    _harden_models()
    _harden_prefixes()
    _harden_embeddings()
    harden_kernels()
    harden_parametrizations()
    harden_aliases()
    harden_optimizers()
    from transformers import BatchEncoding, Cache, GenerationConfig, PreTrainedConfig
    from transformers.utils import ModelOutput  # type: ignore[attr-defined]

    for cls in (ModelOutput, BatchEncoding, PreTrainedConfig, GenerationConfig, Cache):
        for name in C_PROTOCOLS:
            if name not in vars(cls):
                # A property of the class outranks the instance's own dict.
                setattr(cls, name, property(_missing))
    original = BatchEncoding.__getattr__
    if not hasattr(original, "hardened"):

        def __getattr__(self: Any, item: str) -> Any:  # noqa: N807
            if item.startswith("__"):
                raise AttributeError(item)
            return original(self, item)

        __getattr__.hardened = True  # type: ignore[attr-defined]
        __getattr__.original = original  # type: ignore[attr-defined]
        BatchEncoding.__getattr__ = __getattr__  # type: ignore[method-assign]
