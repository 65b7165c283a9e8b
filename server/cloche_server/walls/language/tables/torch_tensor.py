"""Methods of tensors. Absent: data_ptr, storages, set_, resize_, as_strided, share_memory_, DLPack,
`__reduce_ex__`, `__torch_function__`, new with a storage, grad_fn's graph, sparse views, and apply_
and map_, whose callback may free what they walk."""

from __future__ import annotations

from .rows import PURE, Allow, Kind, Row, Settable

_POINTWISE = """abs abs_ absolute acos acosh add add_ addcdiv addcdiv_ addcmul addcmul_ angle asin
    asinh atan atan2 atanh bitwise_and bitwise_not bitwise_or bitwise_xor ceil ceil_ clamp clamp_
    clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ conj copysign cos cos_ cosh div div_ divide
    eq erf erfc erfinv exp exp_ exp2 expm1 float_power floor floor_ floor_divide fmod frac ge gt
    heaviside hypot isclose isfinite isinf isnan isneginf isposinf isreal ldexp le lerp lerp_ lgamma
    log log_ log10 log1p log2 logaddexp logical_and logical_not logical_or logical_xor logit lt
    maximum minimum mul mul_ multiply nan_to_num nan_to_num_ ne neg neg_ nextafter pow pow_
    reciprocal reciprocal_ relu relu_ remainder round round_ rsqrt rsqrt_ sgn sigmoid sigmoid_ sign
    sin sin_ sinh softmax log_softmax sqrt sqrt_ square sub sub_ subtract tan tanh tanh_ true_divide
    trunc where xlogy digamma positive absolute_
    acos_ acosh_ arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ arctan arctan2
    arctan2_ arctan_ arctanh arctanh_ asin_ asinh_ atan2_ atan_ atanh_ bitwise_and_
    bitwise_left_shift bitwise_left_shift_ bitwise_not_ bitwise_or_ bitwise_right_shift
    bitwise_right_shift_ bitwise_xor_ copysign_ cosh_ deg2rad deg2rad_ digamma_ divide_ eq_ erf_
    erfc_ erfinv_ exp2_ expm1_ fix fix_ float_power_ floor_divide_ fmax fmin fmod_ frac_ frexp gcd
    gcd_ ge_ greater greater_ greater_equal greater_equal_ gt_ heaviside_ hypot_ i0 i0_ igamma
    igamma_ igammac igammac_ lcm lcm_ ldexp_ le_ less less_ less_equal less_equal_ lgamma_ log10_
    log1p_ log2_ logaddexp2 logical_and_ logical_not_ logical_or_ logical_xor_ logit_ lt_ multiply_
    mvlgamma mvlgamma_ ne_ negative negative_ nextafter_ not_equal not_equal_ polygamma polygamma_
    rad2deg rad2deg_ remainder_ sgn_ sign_ signbit sinc sinc_ sinh_ square_ subtract_ tan_
    true_divide_ trunc_ xlogy_"""
_REDUCE = """all allclose amax amin aminmax any argmax argmin argsort bincount count_nonzero cummax
    cummin cumprod cumsum diff dist equal histc kthvalue logcumsumexp logsumexp max mean median min
    mode nanmean nanmedian nanquantile nansum norm prod quantile renorm sort std sum topk unique
    unique_consecutive var cov corrcoef trace
    cumprod_ cumsum_ msort renorm_ sum_to_size"""
_SHAPE = """broadcast_to chunk clone contiguous diag diag_embed diagflat diagonal dsplit expand
    expand_as flatten flip fliplr flipud gather hsplit index_add index_add_ index_copy
    index_copy_ index_fill index_fill_ index_put index_put_ index_select masked_fill
    masked_fill_ masked_scatter masked_scatter_ masked_select moveaxis movedim narrow
    nonzero permute ravel repeat repeat_interleave reshape reshape_as roll rot90 scatter
    scatter_ scatter_add scatter_add_ scatter_reduce scatter_reduce_ select split
    split_with_sizes squeeze squeeze_ swapaxes swapdims t take take_along_dim tensor_split
    tile transpose transpose_ tril tril_ triu triu_ unbind unflatten unfold unsqueeze
    unsqueeze_ view view_as vsplit t_ argwhere
    adjoint diagonal_scatter index_reduce index_reduce_ kron put put_ resolve_conj resolve_neg
    select_scatter slice_scatter swapaxes_ swapdims_"""
_LINEAR = """addbmm addmm addmm_ addmv addr baddbmm bmm cholesky cross det dot ger inner inverse
    logdet matmul matrix_exp matrix_power mm mv outer pinverse qr slogdet svd vdot
    addbmm_ addmv_ addr_ baddbmm_ cholesky_inverse cholesky_solve lu"""
_FILL = """bernoulli bernoulli_ cauchy_ copy_ exponential_ fill_ fill_diagonal_ geometric_
    log_normal_ multinomial normal_ random_ uniform_ zero_"""
_CONVERT = """bfloat16 bool byte char cpu cuda double float half int long short to to_dense tolist
    type type_as item is_floating_point is_complex is_contiguous is_inference
    new_tensor cdouble cfloat"""
_NEW = "new_empty new_full new_ones new_zeros"
_DESCRIBE = """T H mT mH device dim dtype element_size grad imag is_cuda is_leaf itemsize layout
    nbytes ndim ndimension nelement numel real requires_grad retains_grad shape size stride
    data is_sparse get_device
    is_conj is_cpu is_meta is_neg is_nonzero is_quantized is_same_size is_signed"""
_GRAD = "detach detach_ requires_grad_ retain_grad backward"
_DUNDER = """__len__ __iter__ __add__ __radd__ __iadd__ __sub__ __rsub__
    __mul__ __rmul__ __matmul__ __rmatmul__ __truediv__ __rtruediv__ __pow__ __rpow__ __neg__
    __abs__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __and__ __or__ __xor__ __invert__ __float__
    __int__ __bool__ __index__ __contains__ __hash__ __format__ __repr__"""

ROWS: tuple[Row, ...] = (
    Allow("torch:Tensor", _POINTWISE, why=PURE, pure=True, tensors=True),
    Allow("torch:Tensor", _REDUCE, why=PURE, pure=True, tensors=True),
    Allow(
        "torch:Tensor",
        _SHAPE,
        why="views and copies, with bounds checked",
        pure=True,
        tensors=True,
    ),
    Allow("torch:Tensor", _LINEAR, why=PURE, pure=True, tensors=True),
    Allow("torch:Tensor", _FILL, why="writes within its own elements", pure=True, tensors=True),
    Allow("torch:Tensor", _CONVERT, why="copies", pure=True),
    Allow("torch:Tensor", _NEW, why="new tensors", pure=True, tensors=True),
    Allow(
        "torch:Tensor",
        "numpy",
        why="a copy: an array escapes torch's count of changes",
        adapted=True,
    ),
    Allow("torch:Tensor", _DESCRIBE, why="data about the tensor", pure=True),
    Allow("torch:Tensor", _GRAD, why="derivatives", pure=True),
    Allow("torch:Tensor", _DUNDER, why="operators by name", pure=True),
    Allow("torch:Tensor", "__getitem__ __setitem__", why="torch walks the index", adapted=True),
    Allow("torch:Tensor", "register_hook register_post_accumulate_grad_hook", why="call back"),
    Settable("torch:Tensor", "grad", check="tensor", why="another tensor's elements"),
    Settable("torch:Tensor", "data", check="alike", why="another tensor's elements"),
    Settable("torch:Tensor", "requires_grad", check="flag", why="derivatives"),
    Settable("torch:Tensor", "*", check="tensor data", why="notes of the technique's own"),
    Kind("torch:Tensor", why="the data itself", items=True),
    Kind("torch.nn:Parameter", why="the data itself", items=True),
)
