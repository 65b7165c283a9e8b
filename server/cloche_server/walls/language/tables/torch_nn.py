"""Layers, and the methods of modules. Absent: share_memory, compile, to_empty, ParameterDict
and ParameterList (they set attributes by item), and hooks on serialisation."""

from __future__ import annotations

from .rows import PURE, Allow, Base, Field, Kind, Row, Settable, words

_LAYERS = """Bilinear Conv1d Conv2d Conv3d ConvTranspose1d Dropout Dropout1d Dropout2d ELU
    Embedding Flatten GELU GRU GRUCell GroupNorm Hardtanh Identity LSTM LSTMCell LayerNorm
    LeakyReLU Linear LogSigmoid LogSoftmax MaxPool1d AvgPool1d AdaptiveAvgPool1d Mish Module
    ModuleDict ModuleList MultiheadAttention PReLU RMSNorm RNN ReLU ReLU6 SELU Sequential SiLU
    Sigmoid Softmax Softplus Softsign Tanh TransformerDecoderLayer TransformerEncoder
    TransformerEncoderLayer Unflatten BatchNorm1d CosineSimilarity PairwiseDistance AlphaDropout
    Buffer CELU GLU Hardshrink Hardsigmoid Hardswish RNNCell RReLU Softmin Softshrink Tanhshrink
    Threshold Transformer TransformerDecoder"""
_LOSSES = """BCELoss BCEWithLogitsLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss
    HuberLoss KLDivLoss L1Loss MSELoss MarginRankingLoss NLLLoss SmoothL1Loss TripletMarginLoss
    HingeEmbeddingLoss MultiLabelSoftMarginLoss PoissonNLLLoss SoftMarginLoss
    TripletMarginWithDistanceLoss"""

ROWS: tuple[Row, ...] = (
    Allow("torch.nn", _LAYERS, why="layers, made new"),
    Allow("torch.nn", _LOSSES, why="losses, made new"),
    Allow("torch.nn", "Parameter", why="a tensor that modules register"),
    *(
        Base(f"torch.nn:{name}", why="layers of a technique's own")
        for name in words(
            """
Linear Embedding LayerNorm Sequential ModuleList ModuleDict Dropout Identity ReLU GELU Conv1d
MultiheadAttention
"""
        )
    ),
    Allow(
        "torch.nn:Module",
        """add_module apply bfloat16 buffers children cpu cuda double eval extra_repr float
        get_buffer get_parameter get_submodule half load_state_dict modules named_buffers
        named_children named_modules named_parameters parameters register_buffer register_module
        register_parameter requires_grad_ state_dict to train type zero_grad __init__ __call__
        __repr__""",
        why="walks and changes of this call's own copy",
    ),
    Allow(
        "torch.nn:Module",
        "register_backward_hook register_full_backward_hook register_full_backward_pre_hook",
        why="call back with tensors and modules",
    ),
    Allow(
        "torch.nn:Module",
        "register_forward_hook register_forward_pre_hook",
        why="call back; lists in an answer are copied",
        adapted=True,
    ),
    Allow(
        "torch.nn:Module", "__getattr__", why="looks among parameters and modules only", pure=True
    ),
    Allow("torch.nn:Module", "__setattr__", why="reached through super()", adapted=True),
    Field("torch.nn:Module", "training", why="a flag"),
    Kind("torch.nn:Module", why="the model's parts", data=True, called=True),
    Settable("torch.nn:Module", "forward", check="forward", why="patching"),
    Settable("torch.nn:Module", "training", check="flag", why="a flag"),
    Settable("torch.nn:Module", "*", check="module data", why="patching"),
    Allow("torch.nn:Sequential", "append extend insert __len__ __getitem__ __iter__", why="layers"),
    Allow("torch.nn:ModuleList", "append extend insert __len__ __getitem__ __iter__", why="layers"),
    Allow("torch.nn:ModuleDict", "items keys values pop update __len__ __contains__", why="layers"),
    Allow("torch.nn:Sequential", "pop", why="takes a layer out"),
    Allow("torch.nn:ModuleList", "pop", why="takes a layer out"),
    Allow("torch.nn:ModuleDict", "clear", why="takes the layers out"),
    *(
        Allow(f"torch.nn:{name}", "reset_parameters", why="new random numbers, in place")
        for name in words(
            """
Bilinear Conv1d Embedding GroupNorm LayerNorm Linear PReLU RMSNorm RNN RNNCell BatchNorm1d
"""
        )
    ),
    Allow("torch.nn:Embedding", "from_pretrained", why="from a tensor, not from a file"),
    Kind("torch.nn:Sequential", why="takes modules only", items=True),
    Kind("torch.nn:ModuleList", why="takes modules only", items=True),
    Kind("torch.nn:ModuleDict", why="takes modules only", items=True),
    Allow("torch.utils.hooks:RemovableHandle", "remove", why="takes a hook away"),
    Allow(
        "torch.nn.functional",
        """adaptive_avg_pool1d alpha_dropout avg_pool1d batch_norm bilinear
        binary_cross_entropy binary_cross_entropy_with_logits celu conv1d conv2d
        conv_transpose1d cosine_embedding_loss cosine_similarity cross_entropy dropout
        dropout1d elu embedding gaussian_nll_loss gelu glu group_norm gumbel_softmax hardshrink
        hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss interpolate kl_div
        l1_loss layer_norm leaky_relu linear log_softmax logsigmoid margin_ranking_loss
        max_pool1d mish mse_loss multilabel_soft_margin_loss nll_loss normalize one_hot pad
        pairwise_distance pdist poisson_nll_loss prelu relu relu6 rms_norm rrelu
        scaled_dot_product_attention selu sigmoid silu smooth_l1_loss soft_margin_loss softmax
        softmin softplus softshrink softsign tanh tanhshrink threshold triplet_margin_loss
        unfold""",
        why=PURE,
        pure=True,
        tensors=True,
    ),
    Allow(
        "torch.nn.init",
        """constant_ eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_
        trunc_normal_ uniform_ xavier_normal_ xavier_uniform_ zeros_""",
        why="fills a tensor",
        pure=True,
    ),
    Allow(
        "torch.nn.utils",
        "clip_grad_norm_ clip_grad_value_ parameters_to_vector vector_to_parameters",
        why=PURE,
    ),
    Allow(
        "torch.nn.functional",
        "triplet_margin_with_distance_loss",
        why="calls an own function on tensors",
    ),
    Allow("torch.nn.init", "calculate_gain", why=PURE, pure=True),
    Allow(
        "torch.nn.utils",
        "clip_grads_with_norm_ get_total_norm",
        why=PURE,
    ),
    Allow(
        "torch.nn.utils.parametrize",
        """cached is_parametrized register_parametrization remove_parametrizations
        type_before_parametrizations""",
        why="a layer's tensor computed by own modules; see parametrizations.py",
        adapted=True,
    ),
    Allow("torch.nn.utils.rnn", "pad_sequence", why=PURE, pure=True),
)
