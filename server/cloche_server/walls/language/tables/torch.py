"""torch's functions. Absent: everything that reads or writes files (load, save, hub,
from_file), compiles or loads code (compile, jit, ops, classes, library, package,
utils.cpp_extension), starts processes or sockets (distributed, multiprocessing), or hands out
memory (frombuffer, from_dlpack, storages, as_strided, sparse constructors that trust their
indices, `_C`)."""

from __future__ import annotations

from .rows import PURE, Allow, Base, Field, Kind, Row, words

_POINTWISE = """abs absolute acos acosh add addcdiv addcmul angle arange arccos arccosh arcsin
    arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh bitwise_and bitwise_left_shift
    bitwise_not bitwise_or bitwise_right_shift bitwise_xor ceil celu clamp clamp_max clamp_min
    clip conj copysign cos cosh deg2rad digamma div divide eq erf erfc erfinv exp exp2 expm1
    fix float_power floor floor_divide fmax fmin fmod frac ge greater greater_equal gt
    heaviside hypot imag is_complex is_floating_point is_nonzero is_same_size is_tensor isclose
    isfinite isin isinf isnan isneginf isposinf isreal ldexp le lerp less less_equal lgamma log
    log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logit
    lt maximum minimum mul multiply mvlgamma nan_to_num ne neg negative nextafter not_equal
    polar polygamma positive pow rad2deg real reciprocal relu remainder round rsqrt rsub selu
    sgn sigmoid sign signbit sin sinc sinh softmax log_softmax sqrt square sub subtract tan
    tanh true_divide trunc where xlogy detach fill frexp gcd gradient i0 igamma igammac is_conj
    is_inference is_neg is_signed lcm resolve_neg"""
_REDUCE = """all allclose amax amin aminmax any argmax argmin bincount count_nonzero cov
    corrcoef cummax cummin cumprod cumsum cumulative_trapezoid diff equal histc kthvalue
    logcumsumexp logsumexp max mean median min mode msort nanmean nanmedian nanquantile nansum
    norm prod quantile std std_mean sum trapezoid trapz unique unique_consecutive var var_mean
    topk sort argsort searchsorted bucketize renorm dist cdist pdist"""
_SHAPE = """adjoint atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes
    broadcast_tensors broadcast_to cartesian_prod cat chunk clone column_stack combinations
    concat concatenate diag diag_embed diagflat diagonal diagonal_scatter dsplit dstack flatten
    flip fliplr flipud gather hsplit hstack index_add index_copy index_fill index_select kron
    masked_fill masked_scatter masked_select meshgrid moveaxis movedim narrow numel permute
    ravel repeat_interleave reshape roll rot90 row_stack scatter scatter_add scatter_reduce
    select split squeeze stack swapaxes swapdims t take take_along_dim tensor_split tile
    transpose tril tril_indices triu triu_indices unbind unflatten unsqueeze vander
    view_as_complex view_as_real vsplit vstack argwhere nonzero is_grad_enabled resolve_conj
    index_put index_reduce put select_scatter slice_scatter split_with_sizes unravel_index"""
_LINEAR = """addbmm addmm addmv addr baddbmm bmm chain_matmul cholesky cross det dot einsum ger
    inner inverse logdet matmul matrix_exp matrix_power mm mv outer pinverse qr slogdet svd
    tensordot trace vdot bilinear cosine_similarity pairwise_distance cholesky_inverse
    cholesky_solve lu pca_lowrank svd_lowrank"""
_FROM_DATA = "as_tensor asarray tensor"
_MAKE = """bernoulli complex empty empty_like eye full full_like linspace
    logspace multinomial normal ones ones_like poisson rand rand_like randint randint_like randn
    randn_like randperm scalar_tensor zeros zeros_like bartlett_window
    blackman_window hamming_window hann_window kaiser_window binomial"""
_STATE = """manual_seed initial_seed seed set_grad_enabled get_default_dtype set_default_dtype
    get_num_threads is_inference_mode_enabled promote_types result_type can_cast finfo iinfo
    set_printoptions get_rng_state set_rng_state are_deterministic_algorithms_enabled
    get_autocast_dtype get_default_device get_device get_float32_matmul_precision
    is_autocast_enabled set_float32_matmul_precision"""
_DTYPES = """bfloat16 bool cdouble cfloat complex128 complex64 double float float16 float32
    float64 half int int16 int32 int64 int8 long short uint8 strided contiguous_format
    preserve_format channels_last channels_last_3d float8_e4m3fn float8_e5m2 uint16 uint32
    uint64"""

ROWS: tuple[Row, ...] = (
    Allow("torch", _POINTWISE, why=PURE, pure=True, tensors=True),
    Allow("torch", _REDUCE, why=PURE, pure=True, tensors=True),
    Allow("torch", _SHAPE, why="views and copies, with bounds checked", pure=True, tensors=True),
    Allow("torch", _LINEAR, why=PURE, pure=True, tensors=True),
    Allow("torch", _MAKE, why="new tensors from plain values", pure=True, tensors=True),
    Allow("torch", _FROM_DATA, why="copies of lists, walked by nobody else", pure=True),
    Allow("torch", "from_numpy", why="a copy", pure=True, adapted=True),
    Allow("torch", _STATE, why="state of this process, which lives for one call", pure=True),
    Allow("torch", _DTYPES, why="constants"),
    Allow("torch", "__version__", why="which release runs"),
    Allow("torch", "pi e inf nan newaxis", why="constants"),
    Allow(
        "torch",
        "no_grad enable_grad inference_mode autocast",
        why="contexts, decorators",
        makes=True,
    ),
    Kind("torch:no_grad", why="decorates own functions", called=True, makes=True),
    Kind("torch:enable_grad", why="decorates own functions", called=True, makes=True),
    Kind("torch:inference_mode", why="decorates own functions", called=True, makes=True),
    Kind("torch:set_grad_enabled", why="decorates own functions", called=True, makes=True),
    Allow("torch", "vmap", why="calls an own function on tensors", makes=True),
    Allow("torch", "Generator Size device dtype", why="plain descriptions"),
    Allow(
        "torch",
        """Tensor BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor
        HalfTensor IntTensor LongTensor ShortTensor layout memory_format""",
        why="isinstance, annotations",
        as_type=True,
    ),
    Allow("torch:Generator", "manual_seed seed initial_seed device", why="random numbers"),
    Allow("torch:Size", "numel", why="data"),
    Allow("torch:device", "type index", why="data"),
    Allow(
        "torch:dtype",
        "is_floating_point is_complex itemsize is_signed to_complex to_real",
        why="data",
    ),
    Allow("torch:finfo", "bits eps max min tiny smallest_normal resolution dtype", why="data"),
    Allow("torch:iinfo", "bits max min dtype", why="data"),
    Kind("torch:dtype", why="data"),
    Kind("torch:device", why="data"),
    Kind("torch:Size", why="data"),
    Kind("torch:Generator", why="random numbers"),
    Allow(
        "torch.linalg",
        """cholesky cond cross det diagonal eig eigh eigvals eigvalsh householder_product inv
    LinAlgError cholesky_ex inv_ex lstsq lu lu_factor lu_factor_ex matmul matrix_exp
    matrix_norm matrix_power matrix_rank multi_dot norm pinv qr slogdet solve solve_ex
    solve_triangular svd svdvals tensorinv tensorsolve vander vecdot vector_norm""",
        why=PURE,
        pure=True,
        tensors=True,
    ),
    Allow(
        "torch.fft",
        """fft fft2 fftfreq fftn fftshift hfft hfft2 hfftn ifft ifft2 ifftn ifftshift ihfft
        ihfft2 ihfftn irfft irfft2 irfftn rfft rfft2 rfftfreq rfftn""",
        why=PURE,
        pure=True,
        tensors=True,
    ),
    Allow(
        "torch.special",
        """airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 chebyshev_polynomial_t
        chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w digamma entr erf
        erfc erfcx erfinv exp2 expit expm1 gammainc gammaincc gammaln hermite_polynomial_h
        hermite_polynomial_he i0 i0e i1 i1e laguerre_polynomial_l legendre_polynomial_p log1p
        log_ndtr log_softmax logit logsumexp modified_bessel_i0 modified_bessel_i1
        modified_bessel_k0 modified_bessel_k1 multigammaln ndtr ndtri polygamma psi round
        scaled_modified_bessel_k0 scaled_modified_bessel_k1 shifted_chebyshev_polynomial_t
        shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v
        shifted_chebyshev_polynomial_w sinc softmax spherical_bessel_j0 xlog1py xlogy zeta""",
        why=PURE,
        pure=True,
        tensors=True,
    ),
    Allow("torch.autograd", "grad backward", why="derivatives of own tensors"),
    Allow(
        "torch.autograd",
        "enable_grad inference_mode no_grad set_grad_enabled",
        why="the same contexts as in torch",
        makes=True,
    ),
    Allow("torch.autograd.functional", "hessian hvp jacobian jvp vhp vjp", why="derivatives"),
    Allow(
        "torch.func",
        "grad grad_and_value hessian jacfwd jacrev vmap",
        why="own functions",
        makes=True,
    ),
    Allow("torch.func", "vjp jvp", why="own functions", makes=True),
    Allow("torch.func", "functional_call", why="swaps tensors, by names the module has"),
    Allow("torch.func", "stack_module_state", why="copies parameters"),
    Allow("torch.random", "manual_seed seed initial_seed", why="random numbers", pure=True),
    Allow("torch.random", "fork_rng get_rng_state set_rng_state", why="random numbers"),
    Allow(
        "torch.cuda",
        "is_available device_count manual_seed manual_seed_all",
        why="a yes or no",
        pure=True,
    ),
    Allow(
        "torch.cuda",
        "reset_peak_memory_stats synchronize",
        why="no effect on results",
        pure=True,
    ),
    Allow(
        "torch.cuda",
        "empty_cache",
        why="does nothing: a sandbox's memory is its own until it ends",
        adapted=True,
    ),
    Allow(
        "torch.cuda",
        """current_device get_device_capability get_device_name is_bf16_supported is_initialized
        max_memory_allocated max_memory_reserved memory_allocated memory_reserved""",
        why="facts about the device that the model is on",
        pure=True,
    ),
    Allow(
        "torch.optim",
        """ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LBFGS Muon NAdam RAdam RMSprop Rprop
        SGD""",
        why="steps on own tensors",
    ),
    *(
        Allow(module, "Optimizer", why="annotations, and own optimizers", as_type=True)
        for module in ("torch.optim", "torch.optim.optimizer")
    ),
    Base("torch.optim:Optimizer", why="steps of a technique's own; see optimizers.py"),
    Allow("torch.optim:Optimizer", "__init__", why="groups of parameters, and a state of its own"),
    Allow(
        "torch.optim:Optimizer",
        "zero_grad state_dict load_state_dict add_param_group",
        why="steps on own tensors",
    ),
    Allow("torch.optim:Optimizer", "step", why="schedulers replace it", adapted=True),
    Field("torch.optim:Optimizer", "param_groups state defaults", why="plain data and tensors"),
    Kind("torch.optim:Optimizer", why="steps on own tensors"),
    Allow(
        "torch.optim.lr_scheduler",
        """ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR
        ExponentialLR LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR
        ReduceLROnPlateau SequentialLR StepLR""",
        why="sets learning rates",
    ),
    Allow("torch.optim.lr_scheduler", "LRScheduler", why="annotations", as_type=True),
    # load_state_dict of a scheduler sets any attribute by name: absent.
    Allow("torch.optim.lr_scheduler:LRScheduler", "step get_last_lr", why="learning rates"),
    Allow(
        "torch.distributions",
        """Bernoulli Beta Binomial Categorical Cauchy Chi2 ContinuousBernoulli Dirichlet
        Exponential FisherSnedecor Gamma Geometric Gumbel HalfCauchy HalfNormal Independent
        InverseGamma Kumaraswamy LKJCholesky Laplace LogNormal LogisticNormal
        LowRankMultivariateNormal MixtureSameFamily Multinomial MultivariateNormal
        NegativeBinomial Normal OneHotCategorical OneHotCategoricalStraightThrough Pareto
        Poisson RelaxedBernoulli RelaxedOneHotCategorical StudentT Uniform VonMises Weibull
        Wishart kl_divergence""",
        why=PURE,
    ),
    Allow("torch.distributions", "Distribution", why="isinstance, annotations", as_type=True),
    Allow(
        "torch.distributions:Distribution",
        """batch_shape cdf entropy enumerate_support event_shape expand has_enumerate_support
        icdf log_prob mean mode perplexity rsample sample stddev variance has_rsample""",
        why=PURE,
    ),
    Field(
        "torch.distributions:Distribution",
        "probs logits loc scale rate concentration low high df total_count",
        why="parameters: tensors",
    ),
    *(
        Allow(f"torch.distributions:{name}", "probs logits", why="parameters: tensors")
        for name in words("Bernoulli Categorical Multinomial OneHotCategorical Geometric")
    ),
    *(
        Allow(f"torch.distributions:{name}", "logits probs", why="parameters: tensors")
        for name in words("Binomial ContinuousBernoulli NegativeBinomial RelaxedBernoulli")
    ),
    Allow("torch.distributions:RelaxedBernoulli", "temperature", why="a parameter"),
    Allow(
        "torch.distributions:RelaxedOneHotCategorical",
        "logits probs temperature",
        why="parameters: tensors",
    ),
    Allow("torch.distributions:Beta", "concentration0 concentration1", why="parameters: tensors"),
    *(
        Allow(f"torch.distributions:{name}", "loc scale", why="parameters: tensors")
        for name in words("LogNormal LogisticNormal")
    ),
    *(
        Allow(f"torch.distributions:{name}", "scale", why="parameters: tensors")
        for name in words("HalfCauchy HalfNormal")
    ),
    *(
        Allow(
            f"torch.distributions:{name}",
            "covariance_matrix precision_matrix scale_tril",
            why="parameters: tensors",
        )
        for name in words("LowRankMultivariateNormal MultivariateNormal Wishart")
    ),
    Allow("torch.distributions:Chi2", "df", why="a parameter"),
    Allow("torch.distributions:InverseGamma", "concentration rate", why="parameters: tensors"),
    Allow(
        "torch.distributions:MixtureSameFamily",
        "component_distribution mixture_distribution",
        why="its parts",
    ),
    Kind("torch.distributions:Distribution", why=PURE),
    # Named results such as (values, indices).
    *(
        Allow(f"torch.return_types:{name}", "values indices", why="data")
        for name in words("topk max min sort median mode kthvalue cummax cummin")
    ),
    Allow("torch.return_types:linalg_svd", "U S Vh", why="data"),
    Allow("torch.return_types:linalg_eigh", "eigenvalues eigenvectors", why="data"),
    Allow("torch.return_types:linalg_eig", "eigenvalues eigenvectors", why="data"),
    Allow("torch.return_types:linalg_qr", "Q R", why="data"),
    Allow("torch.return_types:linalg_lstsq", "solution residuals rank singular_values", why="data"),
    Allow("torch.return_types:linalg_slogdet", "sign logabsdet", why="data"),
    Allow("torch.return_types:svd", "U S V", why="data"),
    Allow("torch.return_types:qr", "Q R", why="data"),
    Allow("torch.return_types:aminmax", "max min", why="data"),
    Base("torch.nn:Module", why="own layers; reads still go through the guard"),
)
