"""Library calls with arguments that name code, files or templates: allowlists of keywords."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..copies import owned
from ..descriptions import description
from ..diagnostics import AccessRefused
from ..exact import exact_keys
from ..items import item
from ..slots import class_name, is_class, mro_of
from ..tables.generation import (
    GENERATION_FIELDS,
    GENERATION_TEXTS,
    REFUSED_GENERATION_FIELDS,
)
from ..tables.rows import words
from .registry import adapts

if TYPE_CHECKING:
    from ..guards import Guards

#: Objects that `generate` takes besides.
_GENERATE_OBJECTS: Final = frozenset(
    words(
        """
inputs input_ids attention_mask inputs_embeds position_ids token_type_ids past_key_values
logits_processor stopping_criteria prefix_allowed_tokens_fn generation_config streamer tokenizer
negative_prompt_ids negative_prompt_attention_mask logits_to_keep cache_position labels cache
"""
    )
)


_NO_OPTION: Final = ("no option that is known here", "docs/policy.md lists the options allowed")


def _refused(what: str, hint: str, why: str = "") -> AccessRefused:
    reason = f": {why}" if why else ""
    return AccessRefused(f"{what} refused{reason}", hint=hint, code="argument-refused")


def is_plain_setting(value: Any) -> bool:
    """Numbers, flags, None, text, and lists of these: nothing that a library would look into."""
    if type(value) in (bool, int, str, type(None)):
        return True
    if type(value) is float:
        return not math.isnan(value)
    if type(value) in (list, tuple):
        return all(is_plain_setting(each) for each in value)
    return False


def _refused_option(what: str, key: str) -> AccessRefused:
    why, instead = REFUSED_GENERATION_FIELDS.get(key, _NO_OPTION)
    return _refused(f"{what}({key}=...)", instead, why)


def check_generation_fields(what: str, settings: dict[str, Any]) -> None:
    for key, value in settings.items():
        if key not in GENERATION_FIELDS:
            raise _refused_option(what, key)
        allowed = GENERATION_TEXTS.get(key)
        if allowed is not None:
            if value is not None and (type(value) is not str or value not in allowed):
                raise _refused(
                    f"{what}({key}=...) with this value",
                    "write one of " + ", ".join(map(repr, sorted(allowed))),
                )
            continue
        if key == "sequence_bias" and type(value) is dict:
            check_plain_keys(what, value)
            continue
        if not is_plain_setting(value) and not _is_torch_tensor(value):
            raise _refused(
                f"{what}({key}=...) with a '{class_name(type(value))}'", "pass plain numbers"
            )


def check_plain_keys(what: str, biases: dict[Any, Any]) -> None:
    """`sequence_bias`: token ids to a number."""
    for ids, bias in biases.items():
        plain = type(ids) is tuple and all(type(each) is int for each in ids)
        if not plain or type(bias) not in (int, float) or math.isnan(bias):
            raise _refused(
                f"{what}(sequence_bias=...) with other than numbers",
                "write {(token_id, ...): 1.5}, or [[[token_id, ...], 1.5]]",
            )


def _is_torch_tensor(value: Any) -> bool:
    return any(each.__module__ == "torch" for each in mro_of(type(value)))


@adapts("transformers:GenerationMixin.generate", "peft:PeftModelForCausalLM.generate")
def make_generate(guards: Guards) -> Callable[..., Any]:
    from transformers import GenerationConfig

    def generate(model: Any, /, inputs: Any = None, **options: Any) -> Any:
        exact_keys(options)
        if not guards.catalogue.use(type(model)).called:
            raise _refused("generate on what is not a model", "call model.generate(...)")
        settings = {k: v for k, v in options.items() if k not in _GENERATE_OBJECTS}
        check_generation_fields("generate", settings)
        config = options.get("generation_config")
        if config is not None and type(config) is not GenerationConfig:
            raise _refused(
                "generate(generation_config=...) with an object of another kind",
                "use transformers.GenerationConfig(...), or pass the options by name",
            )
        streamer = options.get("streamer")
        if streamer is not None and not guards.is_own_class(type(streamer)):
            raise _refused(
                "generate(streamer=...) with an object that is not yours",
                "write a class with put(self, value) and end(self)",
            )
        for key in ("logits_processor", "stopping_criteria"):
            for each in options.get(key) or ():
                guards.calls.call(each)
        if options.get("prefix_allowed_tokens_fn") is not None:
            guards.calls.call(options["prefix_allowed_tokens_fn"])
        if inputs is not None:
            options["inputs"] = inputs
        # A cache of fixed size would have the library compile the model.
        if config is None:
            options["disable_compile"] = True
        else:
            options["generation_config"] = twin = object.__new__(GenerationConfig)
            vars(twin).update(vars(config), disable_compile=True)
        kept = {k: v for k, v in options.items() if k in ("cache", "past_key_values", "streamer")}
        return model.generate(**owned(options, guards.is_own_class) | kept)

    return generate


@adapts("transformers.GenerationConfig")
def make_generation_config(guards: Guards) -> Callable[..., Any]:
    from transformers import GenerationConfig

    def make(**settings: Any) -> Any:
        exact_keys(settings)
        check_generation_fields("GenerationConfig", settings)
        return GenerationConfig(**settings)  # type: ignore[no-untyped-call]

    make.__name__ = "GenerationConfig"
    return make


_TEMPLATE_OPTIONS: Final = frozenset(
    words(
        """
add_generation_prompt continue_final_message tokenize padding truncation max_length
return_tensors return_dict return_assistant_tokens_mask enable_thinking
"""
    )
)


@adapts("transformers:PreTrainedTokenizerBase.apply_chat_template")
def make_apply_chat_template(guards: Guards) -> Callable[..., Any]:
    def apply_chat_template(tokenizer: Any, /, conversation: Any, **options: Any) -> Any:
        exact_keys(options)
        for key in options:
            if key not in _TEMPLATE_OPTIONS:
                raise _refused(
                    f"apply_chat_template({key}=...)",
                    "the model's own template is used; build other prompts as text",
                )
        return tokenizer.apply_chat_template(_plain_messages(conversation), **options)

    return apply_chat_template


def _plain_messages(value: Any) -> Any:
    """A copy in exact types: a template reads attributes of what it is given."""
    if type(value) in (str, int, float, bool, type(None)):
        return value
    if type(value) in (list, tuple):
        return [_plain_messages(each) for each in value]
    if type(value) is dict:
        return {_plain_messages(k): _plain_messages(v) for k, v in value.items()}
    raise _refused(
        f"a '{class_name(type(value))}' in a conversation", "use dicts, lists and strings"
    )


_PAD_OPTIONS: Final = frozenset(
    words(
        """
padding max_length pad_to_multiple_of padding_side return_attention_mask return_tensors verbose
"""
    )
)


@adapts("transformers:PreTrainedTokenizerBase.pad")
def make_pad(guards: Guards) -> Callable[..., Any]:
    def pad(tokenizer: Any, /, encoded_inputs: Any, padding: Any = True, **options: Any) -> Any:
        exact_keys(options)
        options["padding"] = padding
        for key, value in options.items():
            if key not in _PAD_OPTIONS or not is_plain_setting(value):
                raise _refused(
                    f"pad({key}=...) of this kind",
                    "pass padding, max_length, pad_to_multiple_of and return_tensors plainly",
                )
        return tokenizer.pad(_encoded(encoded_inputs), **options)

    return pad


def _encoded(value: Any) -> Any:
    """A copy in exact types, under names that no library asks a batch for."""
    if type(value) in (list, tuple):
        return [_encoded(each) for each in value]
    found: dict[str, Any] = {}
    for key, each in _items_of_encoding(value):
        if type(key) is not str or key.startswith("_"):
            raise _refused("a key of this kind in what is padded", "name it like 'labels'")
        found[key] = _ids(each)
    return found


def _items_of_encoding(value: Any) -> list[tuple[Any, Any]]:
    from transformers import BatchEncoding

    cls = type(value)
    if cls is BatchEncoding:
        return list(value.items())
    if cls is dict:
        return list(dict.items(value))
    raise _refused(f"pad of a '{class_name(cls)}'", "give it dicts, or what the tokenizer returned")


def _ids(value: Any) -> Any:
    import numpy as np
    import torch

    mro = mro_of(type(value))
    if type(value) in (int, float, bool, str, type(None)) or torch.Tensor in mro:
        return value
    if type(value) in (list, tuple):
        return [_ids(each) for each in value]
    if (np.ndarray in mro or np.generic in mro) and value.dtype.kind in "biuf":
        return value
    raise _refused(f"a '{class_name(type(value))}' in what is padded", "use lists of ids, tensors")


_ATTENTION: Final = ("eager", "sdpa")


@adapts("transformers:PreTrainedModel.set_attn_implementation")
def make_set_attn_implementation(guards: Guards) -> Callable[..., Any]:
    def set_attn_implementation(model: Any, /, attn_implementation: Any) -> None:
        # Other names are fetched from a hub and run.
        if type(attn_implementation) is not str or attn_implementation not in _ATTENTION:
            raise _refused("this attention implementation", "use 'eager' or 'sdpa'")
        model.set_attn_implementation(attn_implementation)

    return set_attn_implementation


@adapts("torch:Tensor.__getitem__")
def make_tensor_item(guards: Guards) -> Callable[..., Any]:
    def __getitem__(tensor: Any, index: Any, /) -> Any:  # noqa: N807
        return item(tensor, index)

    return __getitem__


@adapts("torch:Tensor.__setitem__")
def make_tensor_set_item(guards: Guards) -> Callable[..., Any]:
    def __setitem__(tensor: Any, index: Any, value: Any, /) -> None:  # noqa: N807
        guards.writing.items(tensor)[index] = value

    return __setitem__


@adapts("numpy:ndarray.view")
def make_view(guards: Guards) -> Callable[..., Any]:
    def view(array: Any, /, dtype: Any = None) -> Any:
        # A second argument would make an array of another class.
        if dtype is None:
            return array.view()
        if is_class(dtype) and dtype.__module__ != "numpy":
            raise _refused("view() as this class", "name a dtype: x.view('float32')")
        return array.view(description(dtype))

    return view


@adapts("torch:Tensor.numpy")
def make_tensor_numpy(guards: Guards) -> Callable[..., Any]:
    def numpy(tensor: Any, /, *, force: bool = False) -> Any:
        """A copy: what is written into an array over a tensor, torch does not see."""
        return tensor.numpy(force=force).copy()

    return numpy


@adapts("torch.from_numpy")
def make_from_numpy(guards: Guards) -> Callable[..., Any]:
    import torch

    def from_numpy(array: Any, /) -> Any:
        """A copy, for the same reason."""
        return torch.from_numpy(array).clone()

    return from_numpy


@adapts("torch.cuda.empty_cache")
def make_empty_cache(guards: Guards) -> Callable[..., Any]:
    def empty_cache() -> None:
        """Nothing: to give memory back asks the driver, which a sandbox does not reach."""

    return empty_cache


@adapts("torch.optim:Optimizer.step")
def make_step(guards: Guards) -> Callable[..., Any]:
    from torch.optim import Optimizer

    def step(optimizer: Any, /, closure: Any = None) -> Any:
        # The optimizer's own attribute is often a wrapper that a scheduler or profiler put there.
        if not issubclass(type(optimizer), Optimizer):
            raise _refused("step of what is not an optimizer", "call optimizer.step()")
        if closure is None:
            return optimizer.step()
        guards.calls.call(closure)
        return optimizer.step(closure)

    return step
