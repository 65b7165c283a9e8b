"""Lists of what is allowed, each with one entry too many, and special names made ordinary."""

from __future__ import annotations

import types
from typing import Any, Final

from tests.attacks.teeth.language.layers import CLASS, FUNCTION, INSTANCE, NAMES, PASSING_ON, SOURCE
from tests.attacks.teeth.mutation import Mutation, Removal


def _with_outputs(old: Any) -> Any:
    from transformers.modeling_outputs import CausalLMOutputWithCrossAttentions

    return (*old, CausalLMOutputWithCrossAttentions)


def _with_tensor(old: Any) -> Any:
    import torch

    return old | {torch.Tensor}


def _plus(name: str, added: Any, attack: str, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(f"list {name}", (attack,), added, along)


_LISTS: Final = (
    _plus("GENERATION_FIELDS", ("custom",), "hf_generation_config_object"),
    _plus("_GENERATE_OBJECTS", ("custom_generate",), "hf_custom_generate_called"),
    _plus("_TEMPLATE_OPTIONS", ("chat_template",), "hf_template_given"),
    _plus("_ATTENTION", ("flash_attention_2",), "hf_attention_name"),
    _plus("_DATACLASS_OPTIONS", ("weakref_slot",), "dataclass_other_option"),
    _plus("_LOADS", ("cls",), "json_encoder_called"),
    _plus("_READ_ONLY", ("fill",), "numpy_object_array_items"),
    _plus("DEFINABLE_METHODS", ("__deepcopy__",), "class_deepcopy", SOURCE),
    _plus("_PYTHONS_OWN", ("__array_interface__",), "class_interface_bound", SOURCE),
    _plus("BINDABLE", ("__builtins__",), "shadow_builtins_assigned"),
    _plus("LOADABLE", ("__builtins__",), "shadow_builtins_read"),
    _plus("READABLE", ("__dict__",), "read_own_class_dict"),
    _plus("PLAIN_TYPES", (types.BuiltinFunctionType,), "calls_map", (*NAMES, *PASSING_ON)),
    _plus("_CLASS_DATA_TYPES", (types.FunctionType,), "read_unlisted_of_class"),
    _plus("_ITEM_TYPES", _with_outputs, "set_item_of_output"),
    _plus("_PLAIN_TYPES", _with_tensor, "mixin_index_cleared"),
    _plus("LEAVES", (list,), "torch_walk_tensor"),
    _plus("_WALKED_AS_TEXT", (object,), "torch_walk_own_sequence"),
    _plus("_WHOLE", (("builtins", "object"),), "torch_walk_own_sequence"),
    _plus("_ON_LISTS", ("array",), "numpy_list_of_texts_cleared"),
    _plus("_ASKED", lambda old: frozenset(), "numpy_list_cleared"),
)


def _ordinary(name: str, attack: str, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(f"special name {name}", (attack,), along=along)


_SPECIAL_NAMES: Final = (
    _ordinary("__array__", "class_array"),
    _ordinary("__del__", "class_del"),
    _ordinary("__getattribute__", "class_getattribute"),
    _ordinary("__index__", "torch_sizes_cleared"),
    _ordinary("__reduce__", "class_reduce"),
    _ordinary("__torch_function__", "class_torch_function_called"),
    _ordinary("__dict__", "read_own_class_dict"),
    _ordinary("__code__", "read_code_by_dot", FUNCTION),
    _ordinary("__globals__", "attr_nfkc_name", FUNCTION),
    _ordinary("__traceback__", "read_traceback_dynamic", INSTANCE),
    _ordinary("__wrapped__", "read_wrapped", INSTANCE),
    _ordinary("__bases__", "read_bases_by_dot", CLASS),
    _ordinary("__mro__", "read_mro_by_dot", CLASS),
    _ordinary("__annotations__", "read_annotations_by_dot"),
    _ordinary("__subclasses__", "read_subclasses_by_dot", CLASS),
)

MUTATIONS: Final = (*_LISTS, *_SPECIAL_NAMES)
