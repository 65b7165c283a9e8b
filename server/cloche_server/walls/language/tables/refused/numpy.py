"""numpy's functions, and the methods of arrays, scalars, dtypes and generators."""

from __future__ import annotations

from ..rows import Refusal, Refused, RefusedPattern
from . import reasons as why

_ARRAYS = "arrays as arguments and results"

REFUSALS: tuple[Refusal, ...] = (
    Refused(
        "numpy",
        "fromfile fromregex genfromtxt load loadtxt memmap save savetxt savez savez_compressed",
        why.FILES,
        _ARRAYS,
    ),
    Refused("numpy", "get_include info show_config show_runtime", why.PRINTS),
    Refused("numpy", "f2py test", why.CODE, optional=True),
    RefusedPattern("numpy.testing", "*", why.CODE, "numpy.testing.assert_allclose"),
    Refused(
        "numpy",
        "ctypeslib lib",
        why.MEMORY,
        "indexing, reshape and torch's unfold",
        optional=True,
    ),
    Refused(
        "numpy",
        """from_dlpack frombuffer fromstring nditer
        nested_iters broadcast void setbufsize getbufsize""",
        why.MEMORY,
        "np.array(list), np.fromiter",
    ),
    Refused("numpy", "flatiter", why.MEMORY, "x.flat"),
    Refused(
        "numpy",
        "frompyfunc object_",
        "numpy keeps bare pointers to Python objects while it calls them",
        "np.vectorize, or a list",
    ),
    Refused(
        "numpy",
        "recarray record rec",
        "fields of records become attributes",
        "a dict of arrays",
        optional=True,
    ),
    Refused(
        "numpy",
        "asmatrix bmat c_ matrix r_",
        "it looks names up in the caller's namespaces when given text",
        "np.concatenate, np.block, np.column_stack",
    ),
    Refused("numpy", "seterr seterrcall geterrcall", why.STATE, "with np.errstate(...): ..."),
    Refused(
        "numpy",
        "busday_count busday_offset busdaycalendar datetime_as_string datetime_data is_busday",
        why.UNASKED,
        "the datetime module",
    ),
    Refused(
        "numpy",
        """ScalarType bytes_ complex256 float128 little_endian mintypecode poly1d polynomial
        require sctypeDict typecodes""",
        why.UNASKED,
        optional=True,
    ),
    Refused(
        "numpy", "char ma strings", why.UNASKED, "lists of str; NaN and np.nanmean", optional=True
    ),
    Refused("numpy", "row_stack", why.DEPRECATED, "vstack", optional=True),
    Refused("numpy.fft", "test", why.CODE),
    Refused("numpy.linalg", "test", why.CODE),
    Refused("numpy.random", "test", why.CODE),
    Refused("numpy.random", "set_state set_bit_generator", why.KERNELS, "default_rng(seed)"),
    Refused("numpy.random", "get_bit_generator get_state", why.UNASKED, "default_rng(seed)"),
    Refused("numpy.random", "random_integers", why.DEPRECATED, "randint"),
    Refused(
        "numpy.random",
        "BitGenerator MT19937 PCG64 PCG64DXSM Philox SFC64 SeedSequence",
        "its state may be set, and kernels believe it",
        "default_rng(seed)",
    ),
    Refused(
        "numpy:ndarray",
        "base ctypes data flags getfield resize setfield setflags to_device",
        why.MEMORY,
        "indexing, reshape, astype",
    ),
    Refused("numpy:ndarray", "dump tofile", why.FILES, _ARRAYS),
    Refused("numpy:ndarray", "dumps", why.CODE, "tolist() or tobytes()"),
    Refused(
        "numpy:generic",
        "base data flags getfield resize setfield setflags to_device",
        why.MEMORY,
        "x.item()",
    ),
    Refused("numpy:generic", "dump tofile", why.FILES, _ARRAYS),
    Refused("numpy:generic", "dumps", why.CODE, "x.item()"),
    Refused(
        "numpy:generic",
        "argsort byteswap choose compress diagonal fill flat put searchsorted sort view",
        why.UNASKED,
        "np.atleast_1d(x)",
    ),
    Refused(
        "numpy:dtype",
        "base descr fields flags isalignedstruct isbuiltin metadata newbyteorder subdtype",
        why.INTERNALS,
        "name, kind, itemsize",
    ),
    Refused("numpy:finfo", "epsneg iexp machep negep nexp", why.UNASKED, "eps, tiny, max"),
    Refused("numpy:flatiter", "base coords copy index", why.VIEWS, "x.ravel()"),
    Refused("numpy.random:Generator", "bit_generator", "its state may be set", "default_rng(seed)"),
    Refused(
        "numpy.random:RandomState",
        "get_state set_state random_integers tomaxint",
        why.KERNELS,
        "default_rng(seed)",
    ),
)
