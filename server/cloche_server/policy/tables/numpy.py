"""numpy. Absent: files (load, save, memmap, tofile, fromfile, genfromtxt), memory (frombuffer,
ctypeslib, lib.stride_tricks, `.ctypes`, `.data`, `.base`, setflags, the ndarray constructor), code
(f2py, testing, distutils), pickles (dumps), and records, whose fields become attributes."""

from __future__ import annotations

from .rows import PURE, Allow, Field, Kind, Row

_UFUNCS = """abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and
    bitwise_or bitwise_xor cbrt ceil conj conjugate copysign cos cosh deg2rad degrees divide divmod
    equal exp exp2 expm1 fabs float_power floor floor_divide fmax fmin fmod gcd greater
    greater_equal heaviside hypot invert isfinite isinf isnan lcm ldexp left_shift less less_equal
    log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor matmul
    maximum minimum mod multiply negative not_equal positive power rad2deg radians reciprocal
    remainder right_shift rint sign sin sinh sqrt square subtract tan tanh true_divide trunc"""
_FUNCTIONS = """all allclose amax amin any append arange argmax argmin argpartition argsort
    argwhere around array array_equal array_split asarray ascontiguousarray atleast_1d
    atleast_2d atleast_3d average bincount broadcast_to clip column_stack concatenate convolve
    corrcoef correlate count_nonzero cov cross cumprod cumsum delete diag diagonal diff digitize
    dot einsum empty empty_like expand_dims extract eye flatnonzero flip fliplr flipud full
    full_like geomspace gradient hamming hanning histogram histogram2d hsplit hstack identity
    imag inner insert interp intersect1d isclose iscomplexobj isin isscalar kron linspace
    logspace max mean median meshgrid min moveaxis nan_to_num nanargmax nanargmin nanmax nanmean
    nanmedian nanmin nanpercentile nanstd nansum nanvar ndim nonzero ones ones_like outer pad
    partition percentile polyfit polyval prod ptp quantile ravel real repeat reshape resize roll
    rollaxis rot90 round searchsorted setdiff1d shape sinc size sort split squeeze stack std sum
    swapaxes take take_along_axis tensordot tile trace transpose trapezoid tri tril tril_indices
    triu triu_indices union1d unique unravel_index vander var vdot vsplit vstack where zeros
    zeros_like cumulative_sum"""
_SCALARS = """bool_ complex128 complex64 float16 float32 float64 int16 int32 int64 int8 uint16
    uint32 uint64 uint8 intp"""
_METHODS = """T all any argmax argmin argpartition argsort astype choose clip compress conj
    conjugate copy cumprod cumsum diagonal dot dtype fill flatten imag item itemsize max mean
    min nbytes ndim nonzero partition prod put ravel real repeat reshape round searchsorted
    shape size sort squeeze std strides sum swapaxes take tobytes tolist trace transpose var"""
_DUNDER = """__len__ __getitem__ __setitem__ __iter__ __add__ __radd__ __sub__ __rsub__ __mul__
    __rmul__ __matmul__ __truediv__ __pow__ __neg__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__
    __contains__ __repr__"""

ROWS: tuple[Row, ...] = (
    Allow("numpy", _UFUNCS, why=PURE, pure=True, arrays=True),
    Allow("numpy", _FUNCTIONS, why=PURE, pure=True, arrays=True),
    Allow("numpy", _SCALARS, why="scalar types, also as dtypes", pure=True),
    Allow("numpy", "pi e inf nan newaxis", why="constants"),
    Allow("numpy", "ndarray generic integer floating number dtype", why="isinstance", as_type=True),
    Allow("numpy", "vectorize apply_along_axis fromiter", why="call back an own function"),
    Allow("numpy", "errstate finfo iinfo", why="settings of this process"),
    Kind("numpy:vectorize", why="calls an own function", called=True),
    Allow("numpy:finfo", "tiny resolution", why="data", pure=True),
    Allow("numpy:iinfo", "max min", why="data", pure=True),
    Field("numpy:finfo", "bits eps max min dtype", why="data"),
    Field("numpy:iinfo", "bits", why="data"),
    Allow("cloche_server.policy.arrays:ArrayFunction", "__name__", why="its name", pure=True),
    Allow(
        "cloche_server.policy.arrays:Ufunc",
        "accumulate outer reduce reduceat at nin nout",
        why=PURE,
        pure=True,
    ),
    Kind("cloche_server.policy.arrays:ArrayFunction", why="numpy's functions", called=True),
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
        """T all any astype clip conj copy dtype imag item itemsize max mean min nbytes ndim real
        round shape size std sum tolist tobytes""",
        why="scalars",
        pure=True,
    ),
    Allow("numpy:dtype", "name kind itemsize char str names type", why="data", pure=True),
    Kind("numpy:ndarray", why="the data itself", items=True),
    Kind("numpy:generic", why="the data itself"),
    Kind("numpy:dtype", why="data"),
    Allow(
        "numpy.linalg",
        """cholesky cond det eig eigh eigvals eigvalsh inv lstsq matrix_power matrix_rank multi_dot
        norm pinv qr slogdet solve svd LinAlgError""",
        why=PURE,
        pure=True,
    ),
    Allow(
        "numpy.fft",
        "fft fft2 fftfreq fftn fftshift ifft ifft2 ifftn ifftshift irfft rfft rfftfreq",
        why=PURE,
        pure=True,
    ),
    Allow(
        "numpy.random",
        """beta binomial choice default_rng dirichlet exponential gamma multinomial normal
        permutation poisson rand randint randn random seed shuffle standard_normal uniform""",
        why="random numbers of this call",
        pure=True,
    ),
    Allow("numpy.random", "Generator", why="annotations", as_type=True),
    Allow(
        "numpy.random:Generator",
        """beta binomial choice dirichlet exponential gamma integers multinomial
        multivariate_normal normal permutation permuted poisson random shuffle standard_normal
        uniform""",
        why="random numbers of this call",
        pure=True,
    ),
)
