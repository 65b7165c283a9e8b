"""numpy. Absent: files (load, save, memmap, tofile, fromfile, genfromtxt), memory (frombuffer,
ctypeslib, lib.stride_tricks, `.ctypes`, `.data`, `.base`, setflags, the ndarray constructor),
code (f2py, testing), pickles (dumps), and records, whose fields become attributes."""

from __future__ import annotations

from .rows import PURE, Allow, Field, Kind, Row, words

_UFUNCS = """abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and
    bitwise_or bitwise_xor cbrt ceil conj conjugate copysign cos cosh deg2rad degrees divide
    divmod equal exp exp2 expm1 fabs float_power floor floor_divide fmax fmin fmod gcd greater
    greater_equal heaviside hypot invert isfinite isinf isnan lcm ldexp left_shift less
    less_equal log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or
    logical_xor matmul maximum minimum mod multiply negative not_equal positive power rad2deg
    radians reciprocal remainder right_shift rint sign sin sinh sqrt square subtract tan tanh
    true_divide trunc acos acosh asin asinh atan atan2 atanh bitwise_count bitwise_invert
    bitwise_left_shift bitwise_not bitwise_right_shift frexp isnat matvec modf nextafter pow
    signbit spacing vecdot vecmat"""
_FUNCTIONS = """all allclose amax amin any append arange argmax argmin argpartition argsort
    argwhere around array array_equal array_split asarray ascontiguousarray atleast_1d
    atleast_2d atleast_3d average bincount broadcast_to clip column_stack concatenate convolve
    corrcoef correlate count_nonzero cov cross cumprod cumsum delete diag diagonal diff
    digitize dot einsum empty empty_like expand_dims extract eye flatnonzero flip fliplr flipud
    full full_like geomspace gradient hamming hanning histogram histogram2d hsplit hstack
    identity imag inner insert interp intersect1d isclose iscomplexobj isin isscalar kron
    linspace logspace max mean median meshgrid min moveaxis nan_to_num nanargmax nanargmin
    nanmax nanmean nanmedian nanmin nanpercentile nanstd nansum nanvar ndim nonzero ones
    ones_like outer partition percentile polyfit polyval prod ptp quantile ravel real
    repeat reshape resize roll rollaxis rot90 round searchsorted setdiff1d shape sinc size sort
    split squeeze stack std sum swapaxes take take_along_axis tensordot tile trace transpose
    trapezoid tri tril tril_indices triu triu_indices union1d unique unravel_index vander var
    vdot vsplit vstack where zeros zeros_like cumulative_sum angle array2string array_equiv
    array_repr array_str asanyarray asarray_chkfinite asfortranarray astype bartlett base_repr
    binary_repr blackman block broadcast_arrays broadcast_shapes can_cast choose common_type
    compress concat copy copyto cumulative_prod diag_indices diag_indices_from diagflat dsplit
    dstack ediff1d einsum_path fill_diagonal fix format_float_positional
    format_float_scientific histogram_bin_edges histogramdd i0 indices iscomplex isdtype
    isfortran isneginf isposinf isreal isrealobj issubdtype iterable ix_ kaiser lexsort
    matrix_transpose may_share_memory min_scalar_type nancumprod nancumsum nanprod nanquantile
    packbits permute_dims place poly polyadd polyder polydiv polyint polymul polysub
    promote_types put put_along_axis putmask ravel_multi_index real_if_close result_type roots
    select setxor1d shares_memory sort_complex tril_indices_from trim_zeros triu_indices_from
    typename unique_all unique_counts unique_inverse unique_values unpackbits unstack unwrap"""
_SCALARS = """bool_ complex128 complex64 float16 float32 float64 int16 int32 int64 int8 uint16
    uint32 uint64 uint8 intp bool byte cdouble clongdouble csingle datetime64 double half int_
    intc long longdouble longlong short single str_ timedelta64 ubyte uint uintc uintp ulong
    ulonglong ushort"""
_METHODS = """T all any argmax argmin mT argpartition argsort astype byteswap choose clip
    compress conj conjugate copy cumprod cumsum diagonal device dot dtype fill flat flatten
    imag item itemsize max mean min nbytes ndim nonzero partition prod put ravel real repeat
    reshape round searchsorted shape size sort squeeze std strides sum swapaxes take tobytes
    tolist trace transpose var"""
_DUNDER = """__len__ __getitem__ __setitem__ __iter__ __add__ __radd__ __sub__ __rsub__ __mul__
    __rmul__ __matmul__ __truediv__ __pow__ __neg__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__
    __contains__ __repr__"""
_DRAWS = """beta binomial bytes chisquare choice dirichlet exponential f gamma geometric gumbel
    hypergeometric laplace logistic lognormal logseries multinomial multivariate_normal
    negative_binomial noncentral_chisquare noncentral_f normal pareto permutation poisson power
    random rayleigh shuffle standard_cauchy standard_exponential standard_gamma standard_normal
    standard_t triangular uniform vonmises wald weibull zipf"""

ROWS: tuple[Row, ...] = (
    Allow("numpy", "__version__", why="which release runs"),
    Allow("numpy", _UFUNCS, why=PURE, pure=True, arrays=True),
    Allow("numpy", _FUNCTIONS, why=PURE, pure=True, arrays=True),
    Allow("numpy", "pad", why="calls back its mode", arrays=True),
    Allow("numpy", _SCALARS, why="scalar types, also as dtypes"),
    Allow("numpy", "pi e euler_gamma inf nan newaxis True_ False_", why="constants"),
    Allow("numpy", "index_exp mgrid ogrid s_", why="answer to an index with plain arrays"),
    Allow("numpy", "ndarray ufunc", why="isinstance", as_type=True),
    Allow(
        "numpy",
        """character complexfloating flexible floating generic inexact integer number signedinteger
        unsignedinteger""",
        why="abstract: for isinstance and issubdtype",
        pure=True,
    ),
    Allow("numpy", "dtype", why="what dtype= takes anyway, whoever calls it", adapted=True),
    Allow(
        "numpy",
        "apply_along_axis apply_over_axes fromfunction fromiter mask_indices piecewise vectorize",
        why="call back an own function",
    ),
    Allow("numpy", "ndenumerate ndindex", why="iterators over indices"),
    Allow(
        "numpy",
        "errstate finfo get_printoptions geterr iinfo printoptions set_printoptions",
        why="settings of this process",
    ),
    Kind("numpy:vectorize", why="calls an own function", called=True),
    Allow("numpy:finfo", "tiny resolution", why="data", pure=True),
    Allow("numpy:iinfo", "max min", why="data", pure=True),
    Field("numpy:finfo", "bits eps max min dtype", why="data"),
    Field("numpy:iinfo", "bits", why="data"),
    Allow(
        "cloche_server.walls.language.arrays:ArrayFunction", "__name__", why="its name", pure=True
    ),
    Allow(
        "cloche_server.walls.language.arrays:Ufunc",
        "accumulate outer reduce reduceat at nin nout",
        why=PURE,
        pure=True,
    ),
    Kind("cloche_server.walls.language.arrays:ArrayFunction", why="numpy's functions", called=True),
    Allow(
        "numpy:ndarray",
        _METHODS,
        why="elements and shapes, with bounds checked",
        pure=True,
        arrays=True,
    ),
    Allow("numpy:ndarray", _DUNDER, why="operators by name", pure=True, arrays=True),
    Allow("numpy:ndarray", "view", why="never as another class", adapted=True),
    Allow(
        "numpy:generic",
        """T all any argmax argmin astype clip conj conjugate copy cumprod cumsum device dtype
        flatten imag item itemsize max mean min nbytes ndim nonzero prod ravel real repeat
        reshape round shape size squeeze std strides sum swapaxes take tobytes tolist trace
        transpose var""",
        why="scalars; some methods take out=",
        pure=True,
        arrays=True,
    ),
    Allow("numpy:integer", "denominator is_integer numerator", why="data", pure=True),
    *(
        Allow(f"numpy:{name}", "as_integer_ratio is_integer", why="data", pure=True)
        for name in words("float16 float32 float64 longdouble")
    ),
    *(
        Allow(f"numpy:{name}", "bit_count", why="data", pure=True)
        for name in words("int8 int16 int32 int64 longlong uint8 uint16 uint32 uint64 ulonglong")
    ),
    Allow(
        "numpy:dtype",
        """alignment byteorder char hasobject isnative itemsize kind name names ndim num shape
        str type""",
        why="data",
        pure=True,
    ),
    Kind("numpy:ndarray", why="the data itself", items=True),
    Kind("numpy:generic", why="the data itself"),
    Kind("numpy:dtype", why="data"),
    Allow(
        "numpy.linalg",
        """cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul
        matrix_norm matrix_power matrix_rank matrix_transpose multi_dot norm outer pinv qr
        slogdet solve svd svdvals tensordot tensorinv tensorsolve trace vecdot vector_norm""",
        why=PURE,
        pure=True,
        arrays=True,
    ),
    Allow("numpy.linalg", "LinAlgError", why="caught by class", pure=True),
    *(
        Allow(f"numpy.linalg._linalg:{name}", fields, why="fields of a result", pure=True)
        for name, fields in (
            ("EigResult", "eigenvalues eigenvectors"),
            ("EighResult", "eigenvalues eigenvectors"),
            ("QRResult", "Q R"),
            ("SlogdetResult", "sign logabsdet"),
            ("SVDResult", "U S Vh"),
        )
    ),
    Allow(
        "numpy.fft",
        """fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2
        irfftn rfft rfft2 rfftfreq rfftn""",
        why=PURE,
        pure=True,
        arrays=True,
    ),
    # An array of objects is neither shuffled nor written to with out=.
    Allow(
        "numpy.random",
        _DRAWS + " default_rng rand randint randn random_sample ranf sample seed",
        why="random numbers of this call",
        pure=True,
        arrays=True,
    ),
    Allow("numpy.random", "Generator", why="annotations", as_type=True),
    Allow("numpy.random", "RandomState", why="random numbers of this call", pure=True),
    Allow(
        "numpy.random:RandomState",
        _DRAWS + " rand randint randn random_sample seed",
        why="random numbers of this call",
        pure=True,
        arrays=True,
    ),
    Allow(
        "numpy.random:Generator",
        _DRAWS + " integers multivariate_hypergeometric permuted spawn",
        why="random numbers of this call",
        pure=True,
        arrays=True,
    ),
)
