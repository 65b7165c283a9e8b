"""Arrays of objects, items, lists that C code walks, and kernels that trust what they are told."""

from __future__ import annotations

from typing import Any, Final

from tests.attacks.teeth.mutation import Mutation, Removal


def _m(rule: str, *attacks: str, instead: Any = None, along: tuple[Removal, ...] = ()) -> Mutation:
    return Mutation(rule, attacks, instead, along)


_ARRAYS: Final = (
    _m("refuse_objects refuses if array.dtype.hasobject", "numpy_object_array_items"),
    _m("ArrayFunction.__call__ calls refuse_objects(each)", "numpy_object_array_swapped"),
    _m("read_of_array asks whether name not in _READ_ONLY and isinstance(array, np.ndarray)",
       "numpy_object_array_items", instead="False"),
    _m("read_of_array calls refuse_objects(array)", "numpy_object_array_items"),
    _m("inplace calls refuse_objects(array)", "numpy_object_array_augmented"),
    _m("_allow_module filters stand_in(value)", "numpy_object_array_ufuncs"),
    _m("ArrayFunction.__call__ asks whether self.function.__name__ not in _ON_LISTS",
       "numpy_list_of_texts_cleared", instead="False"),
    *(
        _m(f"prepared filters private(each, for_torch=False) #{number}",
           "numpy_list_of_texts_cleared")
        for number in (1, 2)
    ),
)  # fmt: skip

_ITEMS: Final = (
    _m("item asks whether type(index) not in LEAVES", "torch_walk_index", instead="False"),
    _m("item asks whether torch.Tensor in mro or np.ndarray in mro", "torch_walk_index",
       instead="False"),
    _m("item filters private(index)", "torch_walk_index"),
    _m("ArrayItems.__setitem__ filters private(index)", "torch_walk_index_set"),
    _m("ArrayItems.__setitem__ filters private(value)", "numpy_list_set_cleared",
       along=(Removal("list _ASKED", lambda old: frozenset()),)),
)  # fmt: skip

#: `x.data` of indices, through which these attacks change what a gradient has kept.
_ALIASES: Final = (Removal("hardened Tensor.data"),)
_KERNELS: Final = (
    _m("private filters private(each, for_torch=for_torch) #1", "torch_walk_nested"),
    _m("private filters private(each, for_torch=for_torch) #2", "torch_walk_own_sequence"),
    _m("private calls refuse_objects(value)", "torch_walk_array_of_objects",
       "numpy_object_array_ufuncs", "numpy_object_array_outs"),
    _m("private refuses if for_torch and owner_of(mro, '__iter__')[0] >= 0",
       "torch_walk_iterable"),
    _m("_harden_sequences.make.from_data filters private(value)", "torch_walk_keyword"),
    _m("_harden_sequences.make.from_data filters private(data)", "torch_walk_tensor"),
    _m("_harden_sequences.make_method.new_tensor filters private(data)",
       "torch_walk_new_tensor"),
    _m("_harden_losses.make.loss filters target.clone()", "torch_loss_cross_entropy",
       "torch_loss_target_2d", along=_ALIASES),
    _m("_harden_pooling.make.max_pool1d_with_indices filters indices.clone()",
       "torch_pool_indices", along=_ALIASES),
    _m("_harden_embedding.make.embedding refuses if scale_grad_by_freq or sparse",
       "torch_embedding_flags"),
    _m("_harden_fused.make.fused refuses at last", "torch_fused_refused"),
    _m("_harden_attention.make.scaled_dot_product_attention calls"
       " attn_mask.expand(*query.shape[:-1], key.shape[-2])", "torch_attention_mask"),
    _m("_harden_attention.make.scaled_dot_product_attention refuses if"
       " key.shape[:-1] != value.shape[:-1] or query.shape[-1] != key.shape[-1]",
       "torch_attention_shapes"),
    _m("_harden_interpolation.make.interpolate filters private(scale_factor)",
       "torch_factors_cleared"),
    _m("_harden_generator.make.set_rng_state refuses if not 1 <= left <= _TABLE or"
       " not 0 <= position <= _TABLE - left + 1", "torch_generator_position"),
)  # fmt: skip

MUTATIONS: Final = (*_ARRAYS, *_ITEMS, *_KERNELS)

#: Rules of items, arrays and copies that no attack needs.
EXEMPT: Final = {
    "ArrayItems.__delitem__ filters private(index)":
        "neither a tensor nor an array has items to delete: both say so before they look at the"
        " index",
    "no_array refuses at last":
        "chooses words: numpy refuses an object whose `__array__` gives no array, before it asks"
        " for more",
    "_harden_interpolation.make.interpolate filters private(size)":
        "torch asks a size for its number by `__index__` alone, which no class may define; a list"
        " that lies about what is in it is refused there, too",
}  # fmt: skip
