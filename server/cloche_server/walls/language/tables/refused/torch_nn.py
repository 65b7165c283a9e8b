"""Layers and their functions, and the methods of modules."""

from __future__ import annotations

from ..rows import Refusal, Refused, RefusedPattern
from . import reasons as why

_VISION = "language models have no use for it so far"

REFUSALS: tuple[Refusal, ...] = (
    Refused(
        "torch.nn",
        "ParameterDict ParameterList",
        why.BY_NAME,
        "register_parameter, nn.ModuleDict",
    ),
    Refused("torch.nn", "DataParallel SyncBatchNorm", why.PROCESSES, "call the module itself"),
    Refused(
        "torch.nn",
        "CTCLoss EmbeddingBag RNNBase RNNCellBase MultiLabelMarginLoss MultiMarginLoss",
        why.KERNELS,
    ),
    Refused(
        "torch.nn",
        """AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d FractionalMaxPool2d
        FractionalMaxPool3d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d""",
        "its gradient goes where indices say, unchecked",
        "torch.nn.MaxPool1d",
    ),
    Refused(
        "torch.nn",
        """LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d
        LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d
        LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear UninitializedBuffer
        UninitializedParameter""",
        "it changes its own class",
        "name the sizes",
    ),
    Refused(
        "torch.nn",
        """AdaptiveAvgPool2d AdaptiveAvgPool3d AvgPool2d AvgPool3d BatchNorm2d BatchNorm3d
        ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d
        ConstantPad3d ConvTranspose2d ConvTranspose3d CrossMapLRN2d Dropout3d FeatureAlphaDropout
        Fold InstanceNorm1d InstanceNorm2d InstanceNorm3d LPPool1d LPPool2d LPPool3d
        LocalResponseNorm PixelShuffle PixelUnshuffle ReflectionPad1d ReflectionPad2d
        ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d Softmax2d Unfold Upsample
        UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d""",
        _VISION,
    ),
    Refused(
        "torch.nn",
        "AdaptiveLogSoftmaxWithLoss LinearCrossEntropyLoss LinearCrossEntropyOptions",
        why.UNASKED,
    ),
    Refused("torch.nn", "Container NLLLoss2d", why.DEPRECATED, "Sequential, NLLLoss"),
    Refused("torch.nn", "factory_kwargs", why.INTERNALS),
    Refused(
        "torch.nn:Module",
        "compile",
        why.CODE,
        "call the module as it is",
    ),
    Refused("torch.nn:Module", "share_memory", why.PROCESSES),
    Refused("torch.nn:Module", "to_empty", why.MEMORY, "to(device)"),
    Refused(
        "torch.nn:Module",
        "set_submodule",
        why.BY_NAME,
        "set it on its parent: m.layers[3].mlp = mine",
    ),
    Refused("torch.nn:Module", "ipu mtia xpu", why.DEVICES, "to(device)"),
    Refused(
        "torch.nn:Module",
        """get_extra_state set_extra_state register_load_state_dict_post_hook
        register_load_state_dict_pre_hook register_state_dict_post_hook
        register_state_dict_pre_hook""",
        why.HOOKS,
        "edit the dict that state_dict() returns",
    ),
    Refused("torch.nn:Module", "T_destination", why.INTERNALS),
    # transformers puts it there when it makes its first model.
    Refused("torch.nn:Module", "smart_apply", why.INTERNALS, "apply", optional=True),
    Refused(
        "torch.nn:RNN",
        """all_weights check_forward_args check_hidden_size check_input flatten_parameters
        get_expected_hidden_size permute_hidden""",
        why.INTERNALS,
        "named_parameters()",
    ),
    Refused(
        "torch.nn:LSTM",
        "check_forward_args get_expected_cell_size permute_hidden",
        why.INTERNALS,
    ),
    Refused("torch.nn:MultiheadAttention", "merge_masks", why.INTERNALS),
    Refused("torch.nn:Transformer", "generate_square_subsequent_mask", why.UNASKED, "torch.triu"),
    Refused("torch.nn:BatchNorm1d", "reset_running_stats", why.UNASKED, "reset_parameters()"),
    Refused("torch.utils.hooks:RemovableHandle", "next_id", why.INTERNALS),
    Refused("torch.nn.functional", "ctc_loss embedding_bag multi_margin_loss", why.KERNELS),
    Refused("torch.nn.functional", "multilabel_margin_loss", why.KERNELS),
    Refused("torch.nn.functional", "grouped_mm scaled_grouped_mm scaled_mm", why.KERNELS),
    Refused(
        "torch.nn.functional",
        """adaptive_max_pool1d adaptive_max_pool1d_with_indices adaptive_max_pool2d
        adaptive_max_pool2d_with_indices adaptive_max_pool3d adaptive_max_pool3d_with_indices
        fractional_max_pool2d fractional_max_pool2d_with_indices fractional_max_pool3d
        fractional_max_pool3d_with_indices max_pool1d_with_indices max_pool2d
        max_pool2d_with_indices max_pool3d max_pool3d_with_indices max_unpool1d max_unpool2d
        max_unpool3d""",
        "its gradient goes where indices say, unchecked",
        "torch.nn.functional.max_pool1d",
    ),
    Refused(
        "torch.nn.functional",
        """adaptive_avg_pool2d adaptive_avg_pool3d affine_grid avg_pool2d avg_pool3d channel_shuffle
        conv3d conv_tbc conv_transpose2d conv_transpose3d dropout2d dropout3d feature_alpha_dropout
        fold grid_sample instance_norm local_response_norm lp_pool1d lp_pool2d lp_pool3d
        native_channel_shuffle pixel_shuffle pixel_unshuffle GRID_SAMPLE_INTERPOLATION_MODES
        GRID_SAMPLE_PADDING_MODES""",
        _VISION,
    ),
    Refused(
        "torch.nn.functional",
        "celu_ elu_ hardtanh_ leaky_relu_ relu_ rrelu_ selu_ threshold_",
        why.UNASKED,
        "the function without the underscore",
    ),
    Refused(
        "torch.nn.functional",
        "linear_cross_entropy multi_head_attention_forward",
        why.UNASKED,
        "nn.Linear and cross_entropy; nn.MultiheadAttention",
    ),
    Refused(
        "torch.nn.functional",
        "upsample upsample_bilinear upsample_nearest",
        why.DEPRECATED,
        "interpolate",
    ),
    Refused(
        "torch.nn.functional",
        """BroadcastingList1 BroadcastingList2 BroadcastingList3 DType ScalingType SwizzleType
        TYPE_CHECKING Tensor assert_int_or_pair boolean_dispatch handle_torch_function
        has_torch_function has_torch_function_unary has_torch_function_variadic
        reproducibility_notes sparse_support_notes tf32_notes""",
        why.INTERNALS,
    ),
    Refused(
        "torch.nn.init",
        "constant dirac eye kaiming_normal kaiming_uniform normal orthogonal sparse uniform "
        "xavier_normal xavier_uniform",
        why.DEPRECATED,
        "the name with an underscore: normal_",
    ),
    Refused("torch.nn.init", "dirac_ sparse_", why.UNASKED),
    Refused("torch.nn.init", "Tensor", why.INTERNALS, "torch.Tensor"),
    RefusedPattern(
        "torch.nn.utils.parametrizations", "*", why.INTERNALS, "orthogonal, weight_norm"
    ),
    RefusedPattern(
        "torch.nn.utils.parametrize",
        "*",
        why.INTERNALS,
        "register_parametrization, remove_parametrizations",
    ),
    Refused(
        "torch.nn.utils",
        "remove_spectral_norm remove_weight_norm skip_init spectral_norm weight_norm",
        why.BY_NAME,
        "compute the weight in your own forward",
    ),
    Refused("torch.nn.utils", "clip_grad_norm", why.DEPRECATED, "clip_grad_norm_"),
    Refused(
        "torch.nn.utils",
        """convert_conv2d_weight_memory_format convert_conv3d_weight_memory_format
        fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights""",
        _VISION,
    ),
    Refused(
        "torch.nn.utils.rnn",
        """PackedSequence PackedSequence_ invert_permutation pack_padded_sequence pack_sequence
        pad_packed_sequence""",
        why.KERNELS,
        "pad_sequence and a mask",
    ),
    Refused("torch.nn.utils.rnn", "unpack_sequence unpad_sequence", why.UNASKED),
    Refused("torch.nn.utils.rnn", "Tensor bind copy_method_params", why.INTERNALS),
)
