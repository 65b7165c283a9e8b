"""Models with LoRA adapters. These rows are there only where such a model is served.

A technique switches and weighs adapters that are in memory. What loads, saves or publishes them is
refused, and peft itself is not imported: the model is given.
"""

from __future__ import annotations

from typing import Final

from .modules import ROWS
from .refused import REFUSALS
from .refused import reasons as why
from .rows import Allow, Refusal, Refused, Row, Wraps

_MODEL: Final = "peft:PeftModel"
_TUNER: Final = "peft.tuners.tuners_utils:BaseTuner"
_LAYER: Final = "peft.tuners.tuners_utils:BaseTunerLayer"
_LORA_LAYER: Final = "peft.tuners.lora:LoraLayer"
_LOADED: Final = "adapters are loaded by the server: cloche serve --adapter NAME=DIR"

_PEFT_ROWS: Final[tuple[Row, ...]] = (
    Allow(
        _MODEL,
        "disable_adapter set_adapter",
        why="switch what is in memory, in this call's own copy",
    ),
    Allow(
        _MODEL,
        """active_adapters get_base_model get_nb_trainable_parameters has_active_enabled_adapter
        set_requires_grad""",
        why="facts and parts of the model",
    ),
    Allow("peft:PeftModelForCausalLM", "generate", why="without code or paths", adapted=True),
    # As peft does: first the tuner, then the model itself.
    Wraps(_MODEL, "base_model", why="the model's own names, by its own rows"),
    Wraps(_TUNER, "model", why="the model's own names, by its own rows"),
    Allow(
        _TUNER,
        """active_adapters disable_adapter_layers enable_adapter_layers merge_adapter set_adapter
        set_requires_grad unmerge_adapter""",
        why="switch what is in memory, in this call's own copy",
    ),
    Allow(
        _LAYER,
        """active_adapter active_adapters bias disable_adapters enable_adapters get_base_layer
        get_base_weight merged set_adapter set_requires_grad weight""",
        why="parts and facts of a layer",
    ),
    Allow(_LAYER, "merge unmerge", why="arithmetic on weights of this call's own copy"),
    Allow(_LORA_LAYER, "scale_layer set_scale unscale_layer", why="numbers of a layer"),
    *(
        Allow(f"peft.tuners.lora.layer:{name}", "get_delta_weight", why="the update as one tensor")
        for name in ("Linear", "Embedding", "_ConvNd")
    ),
)

_PEFT_REFUSALS: Final[tuple[Refusal, ...]] = (
    Refused(
        _MODEL,
        "from_pretrained load_adapter save_pretrained create_or_update_model_card",
        why.FILES,
        _LOADED,
    ),
    Refused(
        _MODEL,
        "add_adapter delete_adapter",
        "it makes layers of what a configuration names",
        _LOADED,
    ),
    Refused(
        _MODEL,
        "active_peft_config peft_config modules_to_save",
        why.VIEWS,
        "active_adapters, and scaling, r and lora_alpha of each layer",
    ),
    Refused(_MODEL, "generate", why.INTERNALS),  # of other kinds of model
    Refused(_MODEL, "print_trainable_parameters", why.PRINTS, "get_nb_trainable_parameters()"),
    Refused(
        _MODEL,
        """base_model_torch_dtype get_layer_status get_model_status get_prompt
        get_prompt_embedding_to_save prepare_model_for_gradient_checkpointing
        supports_lora_conversion""",
        why.INTERNALS,
        "active_adapters, named_modules()",
        optional=True,
    ),
    Refused(
        "peft:PeftModelForCausalLM", "prepare_inputs_for_generation", why.INTERNALS, "generate"
    ),
    Refused(
        _TUNER,
        "inject_adapter delete_adapter",
        "it makes layers of what a configuration names",
        _LOADED,
    ),
    Refused(
        _TUNER,
        "merge_and_unload unload",
        "it takes apart the model that the server gave",
        "merge_adapter() and unmerge_adapter(), or disable_adapter()",
    ),
    Refused(
        _TUNER,
        "get_model_config supports_lora_conversion",
        why.INTERNALS,
        optional=True,
    ),
    Refused(
        "peft.tuners.lora:LoraModel",
        "add_weighted_adapter subtract_mutated_init",
        "it makes layers of what a configuration names",
        _LOADED,
        optional=True,
    ),
    Refused(
        "peft.tuners.lora:LoraModel",
        "target_module_mapping tuner_layer_cls",
        why.INTERNALS,
        optional=True,
    ),
    Refused(
        _LAYER,
        """adapter_layer_names delete_adapter frozen_peft_weight_names merged_adapters
        other_param_names quantization_backend set_base_weight supports_lora_conversion""",
        why.INTERNALS,
        "lora_A, lora_B and scaling of a layer",
        optional=True,
    ),
    Refused(
        _LORA_LAYER,
        """adapter_layer_names corda_init delete_adapter loftq_init lora_ga_init mica_init
        olora_init orthogonal_init other_param_names pissa_init reset_lora_parameters
        resolve_lora_variant update_layer lora_variants""",
        why.INTERNALS,
        "lora_A, lora_B and scaling of a layer",
        optional=True,
    ),
    *(
        Refused(
            f"peft.tuners.lora.layer:{name}",
            "lora_variants resolve_lora_variant supports_lora_conversion update_layer",
            why.INTERNALS,
            "lora_A, lora_B and scaling of a layer",
            optional=True,
        )
        for name in ("Linear", "Embedding", "_ConvNd")
    ),
)

#: What instances keep for the library: configurations, and what it calls by name.
RESERVED: Final = {
    _MODEL: "special_peft_forward_args",
    _TUNER: "peft_config",
    _LORA_LAYER: "lora_variant kwargs",
}
ALL_ROWS: Final = (*ROWS, *_PEFT_ROWS)
ALL_REFUSALS: Final = (*REFUSALS, *_PEFT_REFUSALS)
