"""What the doors to numpy and torch look at, by parameter.

A function's own signature says which argument is which (`arrays.py`, `tensors.py`). An integer is a
count unless a row says that it is a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .rows import words


@dataclass(frozen=True)
class Values:
    """Parameters whose integers are data, or are checked by the function itself.

    of: the function's name, or empty for every function of numpy.
    """

    of: str
    names: str
    why: str


@dataclass(frozen=True)
class Options:
    """Parameters that are refused, except for the functions named."""

    names: str
    why: str
    instead: str
    but_of: str = ""
    but_why: str = ""
    #: What goes without saying, and so may be said.
    unless: tuple[object, ...] = (None,)


#: torch's schemas say which numbers are data (`Scalar`); these are integers there, and data.
TORCH_VALUES: Final = (
    Values("randint", "low high", "bounds of what is drawn"),
    Values("randint_like", "low high", "bounds of what is drawn"),
    Values("random_", "from to", "bounds of what is drawn"),
    Values("copy_", "other", "data"),
    Values(
        "",
        """self input target weight bias logits var anchor positive negative running_mean
        running_var A M indices x1 x2 value""",
        "data, of functions in Python",
    ),
)
#: Numbers of dimensions: torch compares each with how many there are.
TORCH_DIMENSIONS: Final = frozenset(
    words(
        """dim dims dim0 dim1 dim2 axis axis0 axis1 axes source destination start_dim end_dim
        dimension dim_self dim_other dims_self dims_other"""
    )
)
#: Sizes whose product is how many elements there are.
SIZES: Final = frozenset(words("size shape sizes repeats reps new_shape"))

NUMPY_VALUES: Final = (
    Values(
        "",
        """self a a1 a2 ar ar1 ar2 arr ary arys array arrays object element test_elements x x1 x2
        xi y z b c A B m v u other f fp xp value values val vals fill_value default nan posinf
        neginf initial min max a_min a_max choices choicelist prepend append to_begin to_end
        left right period discont mod where condition condlist mask keys operands prototype src
        dst weights fweights aweights w sample number seed low high loc scale lam mu start stop
        start_or_stop step range varargs tup obj""",
        "data",
    ),
    Values("", "indices multi_index ind sorter key", "compared with the sizes by numpy"),
    Values("binary_repr", "num", "the number itself"),
    Values("seed RandomState default_rng", "args", "data"),
    Values("set_printoptions printoptions", "threshold edgeitems precision linewidth", "text"),
)
#: Data that numpy makes whole numbers of, whatever they are, and adds up without a look.
NUMPY_COUNTS: Final = (
    Values("bincount", "x", "the result has one more element than the largest says"),
    Values("repeat", "repeats", "the result has as many elements as they say together"),
)
#: Functions that hand what they have no parameter for to the caller's own function, unseen.
NUMPY_HANDING_ON: Final = frozenset(words("apply_along_axis fromfunction piecewise"))
#: Descriptions of types.
NUMPY_TYPES: Final = frozenset(words("dtype type1 type2 from_ to arg1 arg2 arrays_and_dtypes"))

TORCH_OPTIONS: Final = (
    Options(
        "out",
        "a result's memory is given anew its size, whoever else has it",
        "x = torch.add(a, b), or x.copy_(...)",
    ),
    Options(
        "sparse_grad",
        "the gradient is made of the caller's own index, unchecked",
        "leave it out: the gradient is a dense one",
    ),
)
NUMPY_OPTIONS: Final = (
    Options(
        "out",
        "kernels read the sizes and strides of what they write to from it",
        "x[...] = np.cumsum(a)",
        but_of="ufunc reduce clip sum prod mean std var any all max min amax amin",
        but_why="numpy's iterator compares shape and type and looks for overlap",
    ),
    Options(
        "where",
        "what is left out keeps what was in the memory before",
        "np.where(mask, a, b), or with out=",
        but_of="sum prod mean std var any all max min amax amin nansum nanprod nanmean nanstd"
        " nanvar nanmax nanmin copyto reduce",
        but_why="a reduction has a value to begin with, or numpy refuses it; copyto is in place",
        unless=(True,),
    ),
    Options(
        "signature sig like",
        "chooses a kernel, or another library's function, by what it is told",
        "dtype=, which chooses the type",
    ),
    Options(
        "align metadata",
        "lays fields out as it is told",
        "the fields' types alone",
        unless=(None, False),
    ),
)
