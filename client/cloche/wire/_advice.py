"""Advise what to write instead of a value that does not travel: each advice works as it stands."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from cloche.wire import _objects

_ITERATORS: Final = (
    "generator map filter zip enumerate reversed list_iterator tuple_iterator set_iterator "
    "dict_keyiterator dict_valueiterator dict_itemiterator range_iterator islice chain cycle count "
    "repeat product permutations combinations accumulate starmap takewhile dropwhile pairwise "
    "zip_longest batched compress groupby"
)
_FUNCTIONS: Final = (
    "function builtin_function_or_method method method-wrapper wrapper_descriptor partial"
)
#: By the name of the class, or of one that it derives from; the first row that fits counts.
_ROWS: Final = (
    ("PreTrainedConfig GenerationConfig", "return x.to_dict()"),
    ("Module", "return its weights, e.g. module.weight, or module.state_dict()"),
    ("PreTrainedTokenizerBase", "return what it makes, e.g. tokenizer(text).input_ids"),
    ("BaseQuantizedLayer", "use an unquantised cache"),
    ("Cache", "return [(layer.keys, layer.values) for layer in cache.layers]"),
    ("Encoding", "return encoding.ids and encoding.tokens"),
    ("BaseException", 'return f"{type(error).__name__}: {error}"'),
    ("Match", "return match.group() or match.groups()"),
    ("Pattern", "return pattern.pattern"),
    (_ITERATORS, "return list(...) of it"),
    ("ChainMap", "return dict(...) of it"),
    ("coroutine async_generator", "return what it computes, without async"),
    ("type", "return its name: x.__name__"),
    ("module", "return what you use of it"),
    ("ellipsis NotImplementedType", "leave it out"),
    ("finfo iinfo", "return the numbers that you need, e.g. torch.finfo(dtype).max"),
    ("Generator", "return generator.initial_seed()"),
    (_FUNCTIONS, "functions stay where they are; return what they compute"),
)


def of(item: object) -> str:
    """The advice for a value of this type."""
    names = {_objects.name_of(base) for base in _objects.bases_of(type(item))}
    for wanted, advice in _ROWS:
        if names.intersection(wanted.split()):
            return advice
    if _objects.instance_dict(item) is not None:
        return "make its class a @dataclass, or return a dict of what you need of it"
    return "return plain values, containers, arrays or tensors"


def of_array(array: np.ndarray[Any, Any]) -> str:
    """The advice for an array whose elements have no type on the wire."""
    if array.dtype.names is not None:
        return "return {name: x[name] for name in x.dtype.names}"
    return "return x.tolist(), or x.astype(...) of numbers"
