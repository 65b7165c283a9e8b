"""Methods of tensors."""

from __future__ import annotations

from ..rows import Refusal, Refused
from . import reasons as why

REFUSALS: tuple[Refusal, ...] = (
    Refused(
        "torch:Tensor",
        """as_strided as_strided_ as_strided_scatter const_data_ptr data_ptr new new_empty_strided
        record_stream resize resize_ resize_as resize_as_ set_ share_memory_ storage storage_offset
        storage_type untyped_storage is_set_to is_shared""",
        why.MEMORY,
        "views, unfold and clone work within a tensor's own elements",
    ),
    Refused(
        "torch:Tensor",
        "apply_ map2_ map_",
        "its callback may free what it walks",
        "vectorised operations, or a loop over tolist()",
    ),
    Refused(
        "torch:Tensor",
        """ccol_indices coalesce col_indices crow_indices dense_dim indices is_coalesced
        is_sparse_csr resize_as_sparse_ row_indices smm sparse_dim sparse_mask sparse_resize_
        sparse_resize_and_clear_ sspaddmm to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo
        to_sparse_csc to_sparse_csr values is_nested to_padded_tensor""",
        why.SPARSE,
        "use a dense tensor",
    ),
    Refused(
        "torch:Tensor",
        """dequantize int_repr q_per_channel_axis q_per_channel_scales q_per_channel_zero_points
        q_scale q_zero_point qscheme""",
        why.QUANTIZED,
        "x.float()",
    ),
    Refused(
        "torch:Tensor",
        "geqrf lu_solve nonzero_static orgqr ormqr slice_inverse unsafe_chunk unsafe_split "
        "unsafe_split_with_sizes",
        why.KERNELS,
    ),
    Refused(
        "torch:Tensor",
        "grad_fn name output_nr",
        "leads into the graph",
        "x.requires_grad, x.is_leaf, x.register_hook",
    ),
    Refused(
        "torch:Tensor",
        "pin_memory",
        "asks a device's driver for memory",
        "x.to(model.device) copies without it",
    ),
    Refused("torch:Tensor", "as_subclass", "makes an object of any class of tensors"),
    Refused("torch:Tensor", "module_load", why.INTERNALS),
    Refused(
        "torch:Tensor",
        """ipu is_ipu is_maia is_mkldnn is_mps is_mtia is_vulkan is_xla is_xpu mtia to_mkldnn
        xpu""",
        why.DEVICES,
        "x.device.type",
    ),
    Refused(
        "torch:Tensor",
        "eig lstsq reinforce solve symeig triangular_solve volatile chalf",
        why.DEPRECATED,
        "torch.linalg has its successor",
    ),
    Refused(
        "torch:Tensor",
        """conj_physical conj_physical_ dim_order grad_dtype is_distributed is_pinned
        narrow_copy""",
        why.INTERNALS,
    ),
    Refused("torch:Tensor", "hardshrink prelu", why.UNASKED, "torch.nn.functional has it"),
    Refused("torch:Tensor", "hash_tensor histogram index istft stft", why.UNASKED),
)
