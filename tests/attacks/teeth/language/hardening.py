"""What is replaced or made missing in the libraries themselves."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.language.layers import ITEMS, SETTING
from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


_ENUM: Final = (
    Removal("ClassGuard.build_class asks whether enum.EnumType in mro_of(meta)", "False"),
)
#: `x.data` of indices, through which these attacks change what a gradient has kept.
_ALIASES: Final = (Removal("hardened Tensor.data"),)
_ENCODING: Final = (*ITEMS, Removal("missing BatchEncoding"))

_FUNCTIONS: Final = (
    _m("hardened torch.tensor", "torch_walk_tensor"),
    _m("hardened torch.as_tensor", "torch_walk_as_tensor"),
    _m("hardened torch.asarray", "torch_walk_asarray"),
    _m("hardened Tensor.new_tensor", "torch_walk_new_tensor",
       along=(Removal("CallGuard._judging.judging filters owned(each, is_own) #1", "each"),)),
    _m("hardened torch.embedding", "torch_embedding_counts", along=_ALIASES),
    _m("hardened torch.nn.functional.cross_entropy", "torch_loss_cross_entropy", along=_ALIASES),
    _m("hardened torch.nn.functional.nll_loss", "torch_loss_target_2d",
       along=(Removal("adapter torch:Tensor.numpy"),)),
    _m("hardened torch.max_pool1d_with_indices", "torch_pool_indices", along=_ALIASES),
    _m("hardened torch._fused_adam_", "torch_fused_optimizer_state"),
    _m("hardened torch._fused_adamw_", "torch_fused_others"),
    _m("hardened torch._fused_sgd_", "torch_fused_others"),
    _m("hardened torch._fused_adagrad_", "torch_fused_others"),
    _m("hardened torch._VF.lstm", "torch_lstm_small_weight"),
    _m("hardened torch.nn.functional.scaled_dot_product_attention", "torch_attention_shapes"),
    _m("hardened torch.nn.functional.interpolate", "torch_factors_cleared"),
    _m("hardened torch.set_rng_state", "torch_generator_position"),
    _m("hardened torch.random.set_rng_state", "torch_random_state"),
    *(
        _m(f"hardened Module.{name}", "torch_registered_special")
        for name in ("add_module", "register_buffer", "register_parameter")
    ),
    _m("_with_ordinary_name.register refuses if type(name) is not str or is_dunder(name)",
       "torch_registered_special"),
    _m("hardened copyreg.MethodType", "copy_method_by_name", "copy_method_of_class"),
    _m("hardened EnumType._create_", "class_enum_iterated", along=_ENUM),
    _m("_harden_enum._create_ refuses if any((MARK in vars(each) for each in cls.__mro__))",
       "class_enum_iterated", along=_ENUM),
    _m("hardened BatchEncoding.__getattr__", "hf_encoding_interface", along=_ENCODING),
    _m("harden.__getattr__ refuses if item.startswith('__')", "hf_encoding_interface",
       along=_ENCODING),
)  # fmt: skip

_MISSING: Final = (
    *(
        _m(f"missing {name}", "set_interface_of_real", along=SETTING)
        for name in ("PreTrainedConfig", "GenerationConfig", "Cache", "BatchEncoding")
    ),
    _m("missing ModelOutput", "hf_output_interface_by_layer",
       along=(Removal("_with_ordinary_key.set_value refuses if type(name) is str and"
                      " is_dunder(name)"),)),
    _m("missing __array_interface__", "set_interface_of_real", along=SETTING),
    _m("missing __array__", "set_hooks_of_real", along=SETTING),
    _m("missing __deepcopy__", "set_hooks_of_real", along=SETTING),
)  # fmt: skip

MUTATIONS: Final = (*_FUNCTIONS, *_MISSING)
