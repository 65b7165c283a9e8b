"""Arguments for entries that torch's operator database lacks, as lines of `vocabulary.py`'s words.

An entry without a line gets what its parameters' names say, or torch's own schema. A table's keys
are lines; its values are the entries that take them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

#: What a parameter of that name takes, in numpy and in Python functions of torch.
PARAMETERS: Final = {
    name: word
    for word, names in {
        "m": """a m x x1 x2 y arr array ar1 ar2 input other self tensor data in1 in2 M matrix A b
            prototype object p src dst value values element""",
        "v": "v weights fweights p weight target vec p1 p2 a1 a2 start_value",
        "i": "indices index indices_or_sections ind test_elements",
        "n": "N n k num repeats decimals deg nth",
        "one": "shift offset base step stop",
        "ax": "axis axis1 axis2 dim dim0 dim1 source destination start",
        "s": """fill_value loc lam mean df alpha beta mu sigma nonc shape_ dfnum dfden kappa
            mode_ left""",
        "h": "scale q low prob rate",
        "sh": "shape newshape dims size new_shape sections",
        "[m, m]": "arrays tup seq tensors",
        "b": "condition mask where",
        "dt": "dtype t1 t2 from_ to type1 type2 arg1 arg2",
        "own": "func func1d function pyfunc",
    }.items()
    for name in names.split()
}

_INTEGER_UFUNCS: Final = frozenset(
    {
        *("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_count", "bitwise_invert"),
        *("bitwise_left_shift", "bitwise_not", "bitwise_right_shift", "gcd", "invert", "lcm"),
        *("left_shift", "right_shift"),
    }
)

_COMPARISONS: Final = frozenset(
    ["equal", "greater", "greater_equal", "less", "less_equal", "not_equal"]
)

_NUMPY: Final = {
    "i": "bitwise_count bitwise_invert bitwise_not invert bincount",
    "i, i": """bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm
        left_shift right_shift""",
    "m, i2": "ldexp",
    "day": "isnat",
    "m, m2": "matmul dot",
    "m, w": "matvec broadcast_arrays",
    "w, m2": "vecmat",
    "w, w": "vecdot vdot inner",
    "up, v": "searchsorted",
    "v, up": "digitize",
    "v, up, up": "interp",
    "v, up, 2": "polyfit",
    "v, 3": "argpartition partition array_split hsplit split",
    "t4, 2": "dsplit",
    "m, 3": "vsplit",
    "m, [1, 2], axis=0": "delete",
    "m, 1, s": "insert",
    "i2, [m, m, m]": "choose",
    "[b, b], [v, v]": "select",
    "b, v, v": "where",
    "b2, m": "extract",
    "b[:3], m, 0": "compress",
    "m, m ": "common_type",
    "v, b, w": "place putmask",
    "v, i, w": "put",
    "v, w": "convolve correlate outer kron polyadd polymul polydiv polysub polyval",
    "m, m": "copyto append isclose allclose shares_memory may_share_memory array_equiv",
    "m, i2, 1": "take_along_axis",
    "m, i2, v[:4], 1": "put_along_axis",
    "t3": "matrix_transpose unstack",
    "m, (1, 0)": "permute_dims transpose",
    "m, 0, 1": "swapaxes moveaxis rollaxis clip",
    "u": "unpackbits packbits",
    "c": "sort_complex angle real_if_close",
    "q, 1.0": "fill_diagonal",
    "3": """eye identity tri hamming hanning bartlett blackman diag_indices tril_indices
        triu_indices ones zeros empty""",
    "5, 14.0": "kaiser",
    "3, own": "mask_indices",
    "q, k": "tril triu diag",
    "q": "trace diagonal tril_indices_from triu_indices_from diag_indices_from",
    "0.0, 1.0, 5": "linspace logspace",
    "1.0, 10.0, 5": "geomspace",
    "0, 6": "arange",
    "own, (2, 2)": "fromfunction",
    "[1.0, 2.0], 'f8'": "fromiter",
    "own, 0, m": "apply_along_axis",
    "own, m, [0, 1]": "apply_over_axes",
    "v, [b, ~b], [own, 2.0]": "piecewise",
    "own": "vectorize",
    "v, v": "histogram2d",
    "v, 4": "histogram histogram_bin_edges",
    "m, (4, 4)": "resize",
    "m2, 3": "histogramdd",
    "m, (4, 3)": "reshape",
    "v, (2, 6)": "broadcast_to",
    "(2, 3), (1, 3)": "broadcast_shapes",
    "q, q": "cross",
    "'ij,jk->ik', m, m2": "einsum einsum_path",
    "[i, i]": "lexsort",
    "([1, 2], [0, 1]), (3, 4)": "ravel_multi_index",
    "[5, 6], (3, 4)": "unravel_index",
    "[0, 2], [1, 3]": "ix_",
    "(2, 3)": "indices ndindex",
    "[[m], [m2.T]]": "block",
    "m, m2, 1": "tensordot",
    "m, k": "tile repeat roll pad rot90 ",
    "v, k": "vander polyder polyint",
    "m, 0.5": "quantile nanquantile percentile nanpercentile",
    "'f4', 'f8'": "can_cast promote_types issubdtype result_type",
    "m, 'f8'": "astype asarray array",
    "np.dtype('f4'), 'real floating'": "isdtype",
    "'d'": "typename",
    "5": "base_repr binary_repr",
    "1.5": "format_float_positional format_float_scientific",
    "'2020-01-01'": "datetime64",
    "m, 0": "expand_dims",
    "m": "squeeze real imag unique ediff1d gradient",
    "m, axis=1": "cumulative_sum cumulative_prod",
    "w": "poly",
    "": "get_printoptions geterr",
    "v": "trim_zeros",
    "'text'": "str_",
    "2.0": """float16 float32 float64 half single double longdouble int8 int16 int32 int64 uint8
        uint16 uint32 uint64 intp int_ intc long longlong short byte ubyte uint uintc uintp ulong
        ulonglong ushort bool bool_ complex64 complex128 csingle cdouble clongdouble""",
    "3, 's'": "timedelta64",
    "'f8'": "dtype",
    "linewidth=60": "printoptions set_printoptions",
    "all='ignore'": "errstate",
}
_NUMPY_METHODS: Final = {
    "v, 3": "argpartition partition",
    "m, b2[0], 1": "compress",
    "i2, [m, m, m]": "choose",
    "m, m2": "dot __matmul__",
    "v, i": "__getitem__ take",
    "v, i, w[0]": "__setitem__ put",
    "up, v": "searchsorted",
    "v, 'i4'": "view astype",
    "v, s": "fill",
    "m, k": "repeat __pow__",
    "q": "trace diagonal",
    "m, (4, 3)": "reshape",
    "m, 0, 1": "swapaxes clip",
    "v, 0": "item",
    "v[:1]": "squeeze",
    "m, m": """__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __eq__ __ne__ __lt__
        __le__ __gt__ __ge__""",
    "m, 0.5": "__contains__",
}
_DRAWS: Final = {
    "s, s, size=sh": """beta f gamma gumbel laplace logistic lognormal normal vonmises
        wald noncentral_chisquare""",
    "0.5, 1.5, size=sh": "uniform",
    "5, 0.5, size=sh": "binomial negative_binomial",
    "s, size=sh": """chisquare pareto power rayleigh weibull standard_gamma standard_t exponential
        poisson""",
    "2.5, size=sh": "zipf",
    "0.5, size=sh": "geometric logseries",
    "size=sh": """standard_cauchy standard_exponential standard_normal random random_sample ranf
        sample""",
    "8": "bytes",
    "v, 3": "choice",
    "v": "permutation shuffle permuted",
    "[1.0, 2.0], size=4": "dirichlet",
    "5, 6, 3, size=sh": "hypergeometric",
    "5, p, size=3": "multinomial",
    "[0.0, 0.0], spd[:2, :2], size=3": "multivariate_normal",
    "[5, 6], 3": "multivariate_hypergeometric",
    "s, s, s, size=sh": "noncentral_f",
    "0.0, 0.5, 1.0, size=sh": "triangular",
    "0, 9, size=sh": "randint integers",
    "2, 3": "rand randn",
    "3": "seed default_rng RandomState spawn",
}
_NUMPY_LINALG: Final = {
    "q": "cond det eig eigvals inv trace diagonal eigh eigvalsh slogdet",
    "spd": "cholesky",
    "q, q": "cross solve matmul",
    "m2, w": "lstsq",
    "q, 3": "matrix_power",
    "m": "matrix_norm matrix_rank norm pinv qr svd svdvals vector_norm matrix_transpose",
    "[q, q, q]": "multi_dot",
    "v, w": "outer",
    "m, m2, axes=1": "tensordot",
    "np.eye(4).reshape(2, 2, 2, 2)": "tensorinv",
    "np.eye(4).reshape(2, 2, 2, 2), np.ones((2, 2))": "tensorsolve",
    "w, w": "vecdot",
}
_NUMPY_FFT: Final = {"6": "fftfreq rfftfreq"}
_TORCH: Final = {
    "v[:1]": "is_nonzero",
    "m, m2, m": "chain_matmul",
    "[1.0, 2.0]": "as_tensor asarray tensor",
    "np.ones(3)": "from_numpy",
    "5": """bartlett_window blackman_window hamming_window hann_window kaiser_window randperm
        manual_seed""",
    "2, 3": "rand",
    "v * 5, h * v": "binomial",
    "v": "poisson vander",
    "dt, dt": "can_cast promote_types",
    "m, m": "result_type is_same_size cosine_similarity pairwise_distance",
    "m": "pdist get_device",
    "q": "slogdet pca_lowrank svd_lowrank",
    "2, m": "polygamma",
    "torch.tensor([3, 2, 1]), output_size=6": "repeat_interleave",
    "m, torch.tensor([3, 2, 1]), 0, output_size=6": "repeat_interleave",
    "'ij,jk->ik', m, m2": "einsum",
    "b, v, v": "where",
    "m ": "is_tensor",
    "m, m2.T, torch.ones(2, 4, 4), torch.ones(2)": "bilinear",
    "flag": "set_grad_enabled",
    "": """get_rng_state initial_seed seed Generator is_grad_enabled get_default_dtype
        get_num_threads is_inference_mode_enabled are_deterministic_algorithms_enabled
        get_default_device get_float32_matmul_precision no_grad enable_grad inference_mode
        set_printoptions""",
    "dt": "set_default_dtype",
    "torch.get_rng_state()": "set_rng_state",
    "'cpu'": "autocast device get_autocast_dtype is_autocast_enabled",
    "'high'": "set_float32_matmul_precision",
    "(2, 3)": "Size",
    "own": "vmap",
}
_TORCH_METHODS: Final = {
    "v, i": "__getitem__",
    "v, i, 1.0": "__setitem__",
    "v[:1]": "__bool__ __float__ item is_nonzero",
    "i[0]": "__int__ __index__",
    "i, i": "__and__ __or__ __xor__",
    "i": "__invert__",
    "m, m": "__pow__ __rpow__ type_as is_same_size copy_ __rtruediv__ __rsub__",
    "m, m2": "__matmul__ __rmatmul__",
    "v, 0.5": "__contains__",
    "v[0], '.2f'": "__format__",
    "q, 1.0": "fill_diagonal_",
    "q": "slogdet",
    "q, q, q": "addmm_",
    "m, 1": "size stride",
    "m, m, 0.5": "lerp_",
    "m, m ": """less_ less_equal_ greater_ nextafter_ div_ arctan2_ copysign_ fmod_ ge_ lt_
        ne_ add_ logical_and_ ldexp_ heaviside igamma igammac igamma_ igammac_""",
    "i, i ": "lcm_",
    "m.double(), m.double()": "float_power_",
    "m ": "grad device",
    "m, [1.0, 2.0]": "new_tensor",
    "m.requires_grad_()": "retain_grad",
    "m.requires_grad_().sum()": "backward",
    "m": """tolist type numpy retains_grad requires_grad_ random_ relu relu_ __abs__ __iter__
        __len__ __neg__ __hash__ __repr__ detach detach_""",
    "m.requires_grad_(), own": "register_hook register_post_accumulate_grad_hook",
    "m * 1, m": "__iadd__",
}
_TORCH_FUNCTIONAL: Final = {
    "t3": "dropout1d",
    "i, m": "embedding",
    "m": "gumbel_softmax",
    "m, m, m, distance_function=None": "triplet_margin_with_distance_loss",
}
_TORCH_LAYERS: Final = {
    "m": "Parameter Buffer",
    "|m": "Identity Dropout AlphaDropout RReLU Hardsigmoid Flatten",
    "|t3": "Dropout1d",
    "|t4": "Dropout2d",
    "|m, m": "CosineSimilarity PairwiseDistance",
    "|m, m, m": "TripletMarginLoss TripletMarginWithDistanceLoss",
    "1, (2, 2)|m": "Unflatten",
    "torch.nn.TransformerDecoderLayer(4, 2, 8), 1|t3, t3": "TransformerDecoder",
}
_DISTRIBUTIONS: Final = {
    "p": "Categorical OneHotCategorical OneHotCategoricalStraightThrough",
    "v": "Bernoulli ContinuousBernoulli Geometric",
    "v + 1": "Chi2 Dirichlet Exponential HalfCauchy HalfNormal Poisson StudentT",
    "v, v + 1": """Cauchy Gumbel Laplace LogNormal LogisticNormal Normal Uniform VonMises""",
    "v + 1, v + 1": """Beta FisherSnedecor Gamma InverseGamma Kumaraswamy Pareto Weibull""",
    "5, v": "Binomial NegativeBinomial",
    "5, p": "Multinomial",
    "torch.distributions.Normal(v, v + 1), 1": "Independent",
    "3, 1.0": "LKJCholesky",
    "w, m2[:, :2], w + 1": "LowRankMultivariateNormal",
    "torch.zeros(3), spd": "MultivariateNormal",
    "torch.distributions.Categorical(p), torch.distributions.Normal(w, w + 1)": "MixtureSameFamily",
    "x0 + 1, p": "RelaxedBernoulli RelaxedOneHotCategorical",
    "x0 + 4, spd": "Wishart",
    "torch.distributions.Normal(v, v + 1), torch.distributions.Normal(v, v + 2)": "kl_divergence",
}
#: What is called of a distribution once it is made; SAMPLE stands for what it drew.
DRAWS: Final = (
    *(("sample", "sh"), ("rsample", "sh"), ("expand", "sh + sh"), ("log_prob", "SAMPLE")),
    *(("cdf", "SAMPLE"), ("icdf", "v"), ("entropy", ""), ("enumerate_support", "flag")),
)
_INIT: Final = {
    "m, s": "constant_",
    "m": """eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_ trunc_normal_ uniform_
        xavier_normal_ xavier_uniform_ zeros_""",
    "'relu'": "calculate_gain",
}
_UTILS: Final = {
    "[graded], 1.0": "clip_grad_norm_ clip_grad_value_",
    "[graded], 1.0, x0": "clip_grads_with_norm_",
    "[m, v]": "parameters_to_vector get_total_norm",
    "torch.arange(18.0), [m, v]": "vector_to_parameters",
}
_TABLES: Final = {
    "numpy": _NUMPY,
    "numpy.ndarray": _NUMPY_METHODS,
    "numpy.random": _DRAWS,
    "numpy.random.RandomState": _DRAWS,
    "numpy.random.Generator": _DRAWS,
    "numpy.linalg": _NUMPY_LINALG,
    "numpy.fft": _NUMPY_FFT,
    "torch": _TORCH,
    "torch.Tensor": _TORCH_METHODS,
    "torch.nn.functional": _TORCH_FUNCTIONAL,
    "torch.nn": _TORCH_LAYERS,
    "torch.nn.init": _INIT,
    "torch.distributions": _DISTRIBUTIONS,
    "torch.nn.utils": _UTILS,
    "torch.nn.utils.rnn": {"[v, w]": "pad_sequence"},
    "torch.fft": {"6": "fftfreq rfftfreq"},
    "torch.special": {"m, m": "gammainc gammaincc", "2, m": "polygamma"},
    "torch.Generator": {"5": "manual_seed", "": "seed initial_seed device"},
    "numpy.generic": {"0": "take", "(1, 1)": "reshape"},
    "torch.nn.modules.sparse.Embedding": {"m": "from_pretrained"},
}

#: What a class's methods are called on, where that is neither a tensor nor an array.
SELVES: Final = {
    "numpy.random.RandomState": "np.random.RandomState(1)",
    "numpy.random.Generator": "np.random.default_rng(1)",
    "numpy.generic": "np.float64(1.5)",
    "numpy.integer": "np.int64(3)",
    "torch.Generator": "torch.Generator()",
    **{f"torch.nn.modules.{path}": f"torch.nn.{made}" for path, made in
       {"linear.Bilinear": "Bilinear(2, 3, 4)", "linear.Linear": "Linear(2, 3)",
        "conv._ConvNd": "Conv1d(2, 3, 2)", "sparse.Embedding": "Embedding(4, 3)",
        "normalization.GroupNorm": "GroupNorm(2, 4)", "normalization.RMSNorm": "RMSNorm(4)",
        "normalization.LayerNorm": "LayerNorm(4)", "activation.PReLU": "PReLU()",
        "rnn.RNNBase": "RNN(2, 3)", "rnn.RNNCellBase": "RNNCell(2, 3)",
        "batchnorm._NormBase": "BatchNorm1d(3)"}.items()},
    **{f"numpy.{name}": f"np.{name}(1)" for name in
       ("float16", "float32", "float64", "longdouble", "int8", "int16", "int32", "int64",
        "longlong", "uint8", "uint16", "uint32", "uint64", "ulonglong")},
}  # fmt: skip


def _lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for holder, table in _TABLES.items():
        for line, names in table.items():
            for name in names.split():
                found.setdefault(f"{holder}.{name}", []).append(line)
    return found


LINES: Final = _lines()


def lines_of(path: str, holder: str, name: str) -> list[str]:
    """The lines written for an entry, if any."""
    if path in LINES:
        return LINES[path]
    return list(_by_rule(holder, name))


def _by_rule(holder: str, name: str) -> Iterator[str]:
    """Ufuncs' methods, and operators."""
    library, _, ufunc = holder.partition(".")
    function = getattr(np, ufunc, None) if library == "numpy" else None
    if isinstance(function, np.ufunc):
        v, w, m = "v", "w", "m"
        if ufunc in _INTEGER_UFUNCS:
            v, w, m = "i", "i[:4]", "i2"
        elif ufunc in _COMPARISONS and name != "at":
            v, w, m = "b", "b", "b2"
        one = "day" if ufunc == "isnat" else v
        more = "i" if ufunc == "ldexp" else v
        at = f"{one}, [0, 1]" + ("" if function.nin == 1 else f", {more}[:2]")
        yield {
            "accumulate": m, "reduce": m, "outer": f"{v}, {'i' if ufunc == 'ldexp' else w}",
            "reduceat": f"{v}, [0, 2, 1]", "at": at,
        }[name]  # fmt: skip
    elif name in ("x[y]", "x[y] = z", "x[y] += z"):
        third = "" if name == "x[y]" else ", 1.0"
        yield from (
            f"{first}{third}"
            for first in ("v, i", "m, (0, i[:3])", "v, b", "m, slice(1, 3)", "t3, (..., 1)", "m, 1")
        )
    elif name == "y in x":
        yield "v, 0.5"
    elif "@" in name:
        yield from ("q, q",) if "=" in name else ("m, m2", "t3, w")
    elif any(each in name for each in ("<<", ">>", "&", "|", "^", "~")):
        yield "i, i"
    elif " " in name or name in ("-x", "+x", "*x"):
        yield from ("m, m", "m, s", "i, i")
