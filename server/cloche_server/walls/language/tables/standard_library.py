"""The standard library. Absent: everything that opens, runs, imports, inspects or serialises."""

from __future__ import annotations

from .rows import PURE, Allow, Base, Field, Kind, Overridable, Row, words

_CONTAINERS = "copy clear __len__ __iter__ __getitem__ __setitem__ __contains__"

_CHAIN_MAP = "cloche_server.walls.language.adapters.chain_map:ChainMap"
_ORDERED = "cloche_server.walls.language.adapters.ordered_dict:OrderedDict"

ROWS: tuple[Row, ...] = (
    Allow(
        "math",
        """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist
        e erf erfc exp exp2 expm1 fabs factorial floor fmod frexp fsum gamma gcd hypot inf
        isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan
        nextafter perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc ulp""",
        why=PURE,
        pure=True,
    ),
    Allow("math", "fma sumprod", why=PURE, pure=True, optional=True),
    Allow(
        "cmath",
        """acos acosh asin asinh atan atanh cos cosh e exp inf infj isclose isfinite isinf isnan
        log log10 nan nanj phase pi polar rect sin sinh sqrt tan tanh tau""",
        why=PURE,
        pure=True,
    ),
    Allow(
        "statistics",
        """mean fmean geometric_mean harmonic_mean median median_low median_high mode multimode
        pstdev pvariance quantiles stdev variance covariance correlation linear_regression
        median_grouped NormalDist StatisticsError""",
        why=PURE,
    ),
    Allow("statistics:LinearRegression", "intercept slope", why="data", pure=True),
    Allow(
        "statistics:NormalDist",
        """cdf from_samples inv_cdf mean median mode overlap pdf quantiles samples stdev
        variance zscore""",
        why=PURE,
    ),
    Allow(
        "itertools",
        """combinations combinations_with_replacement compress dropwhile filterfalse
        permutations product repeat starmap takewhile tee""",
        why="iterators over the technique's own values",
    ),
    Allow(
        "itertools",
        "accumulate chain count cycle groupby islice pairwise zip_longest",
        why="iterators: in C they use what they have let go",
        adapted=True,
    ),
    Allow(
        "cloche_server.walls.language.adapters.iterators:chain", "from_iterable", why="iterators"
    ),
    Allow("functools", "reduce partial cmp_to_key", why="call back"),
    Allow("functools", "cached_property", why="sets attributes by name", adapted=True),
    Allow("functools", "lru_cache cache", why="keep results of own functions", makes=True),
    Allow("functools", "total_ordering", why="adds methods: own classes only", adapted=True),
    Allow("functools", "wraps update_wrapper", why="set attributes by name", adapted=True),
    Allow("functools:_CacheInfo", "hits misses maxsize currsize", why="data", optional=True),
    Allow("functools:_lru_cache_wrapper", "cache_clear cache_info", why="own results"),
    Kind("functools:_lru_cache_wrapper", why="wraps a judged function", held=False),
    Kind("unnamed:KeyWrapper", why="wraps a judged function", called=True),
    Allow(
        "operator",
        """abs add and_ concat contains countOf eq floordiv ge gt index indexOf
        inv invert le lshift lt matmul mod mul ne
        neg not_ or_ pos pow rshift sub truediv truth xor is_ is_not length_hint""",
        why="operators as functions",
        pure=True,
    ),
    Allow(
        "operator",
        """attrgetter methodcaller getitem itemgetter setitem delitem iadd
        iand ifloordiv imul ior isub itruediv ixor""",
        why="read or write by name, or in place: through the guards",
        adapted=True,
    ),
    Allow("collections", "Counter defaultdict deque", why="containers"),
    Allow("collections", "OrderedDict", why="made of a dict alone", adapted=True),
    Allow("collections", "ChainMap", why="over own mappings only", adapted=True),
    Allow("collections", "namedtuple", why="builds source text: exact names only", adapted=True),
    Allow(
        "collections:Counter", "most_common elements subtract total update copy", why="containers"
    ),
    Allow(
        _ORDERED,
        """move_to_end popitem pop setdefault update fromkeys copy __init__ __eq__ __ne__ __or__
        __ror__ __ior__ __repr__""",
        why="containers",
    ),
    Allow("collections:defaultdict", "default_factory copy __missing__", why="containers"),
    Allow("collections:deque", "index", why="looks in a copy: see known_bugs.py", adapted=True),
    Allow(
        "collections:deque",
        f"""append appendleft count extend extendleft insert maxlen pop popleft remove
        reverse rotate {_CONTAINERS}""",
        why="containers",
    ),
    Allow(
        "collections:ChainMap",
        """new_child parents get keys values items setdefault __len__ __iter__ __contains__
        __getitem__ __setitem__ __delitem__ __missing__""",
        why="over own mappings",
    ),
    Allow(
        _CHAIN_MAP,
        "maps pop popitem clear copy update",
        why="items of own containers",
    ),
    Kind(_ORDERED, why="a plain container", items=True),
    Kind(_CHAIN_MAP, why="its first map, which a technique could set itself", items=True),
    Kind(f"{_ORDERED}OfTorch", why="the state of modules", items=True),
    Kind("collections:defaultdict", why="a plain container", items=True),
    Kind("collections:Counter", why="a plain container", items=True),
    Kind("collections:deque", why="a plain container", items=True),
    Base(_ORDERED, why="containers"),
    Base("collections:defaultdict", why="containers"),
    Base("collections:Counter", why="containers"),
    Allow(
        "collections.abc",
        """Callable Collection Container Generator Hashable Iterable Iterator Mapping
        MutableMapping MutableSequence MutableSet Reversible Sequence Set Sized""",
        why="annotations, isinstance, bases",
    ),
    Allow(
        "collections.abc",
        "ItemsView KeysView MappingView ValuesView",
        why="annotations, isinstance",
        as_type=True,
    ),
    *(
        Base(f"collections.abc:{name}", why="abstract containers")
        for name in words(
            """
Callable Collection Container Hashable Iterable Iterator Mapping MutableMapping MutableSequence
MutableSet Reversible Sequence Set Sized Generator
"""
        )
    ),
    Allow("collections.abc:Mapping", "get keys items values __contains__ __eq__", why="mixins"),
    Allow(
        "collections.abc:MutableMapping",
        "pop popitem clear update setdefault",
        why="mixins over an own class's items",
    ),
    Allow("collections.abc:Sequence", "index count __contains__ __iter__", why="mixins"),
    Allow("collections.abc:Set", "isdisjoint _hash", why="mixins"),
    Allow("collections.abc:MutableSet", "clear pop remove", why="mixins over an own class's items"),
    Allow(
        "collections.abc:MutableSequence",
        "append clear reverse extend pop remove",
        why="mixins over an own class's items",
    ),
    Allow("dataclasses", "field", why="describes a field; calls default_factory"),
    Allow("dataclasses", "InitVar KW_ONLY MISSING FrozenInstanceError", why="annotations"),
    Allow("dataclasses", "is_dataclass", why="a yes or no", pure=True),
    Allow("dataclasses", "Field", why="annotations", as_type=True),
    Allow(
        "dataclasses",
        "dataclass asdict astuple replace fields",
        why="build source text, walk fields: own classes with exact names only",
        adapted=True,
    ),
    Allow("dataclasses:Field", "name default type", why="data", pure=True),
    Allow(
        "typing",
        """Annotated Any Callable ClassVar DefaultDict Dict Final FrozenSet Generator Generic
        Hashable Iterable Iterator List Literal Mapping MutableMapping NewType NoReturn Optional
        ParamSpec Protocol Sequence Set Self Tuple Type TypeAlias TypeVar Union TYPE_CHECKING
        NamedTuple Counter Deque Concatenate Never TypeGuard Sized SupportsFloat
        SupportsInt AnyStr""",
        why="annotations; nothing evaluates text in them",
        pure=True,
    ),
    Allow(
        "typing",
        """AbstractSet Collection Container ContextManager ItemsView KeysView
        LiteralString MappingView Match MutableSequence MutableSet NotRequired ParamSpecArgs
        ParamSpecKwargs Pattern Required Reversible SupportsAbs SupportsBytes SupportsComplex
        SupportsIndex SupportsRound Text TypeVarTuple Unpack ValuesView""",
        why="annotations; nothing evaluates text in them",
        pure=True,
    ),
    Allow("typing", "ChainMap OrderedDict", why="make what collections' own do", adapted=True),
    Allow("typing", "assert_never assert_type cast", why="return or raise", pure=True),
    Allow("typing", "get_args", why="the parts of an annotation", pure=True),
    Allow("typing:ParamSpec", "args kwargs", why="annotations of *args and **kwargs", pure=True),
    Allow("typing", "final overload runtime_checkable", why="mark own code only", adapted=True),
    Base("typing:Generic", why="annotations"),
    Base("typing:Protocol", why="annotations"),
    Base("typing:NamedTuple", why="tuples with names; the names are the class body's"),
    Base("typing:_NamedTuple", why="what NamedTuple resolves to"),
    Kind("typing:NewType", why="returns its argument", called=True),
    Allow(
        "re", "compile escape findall finditer fullmatch match search split sub subn", why="text"
    ),
    Allow(
        "re",
        "A ASCII DOTALL I IGNORECASE M MULTILINE NOFLAG S U UNICODE VERBOSE X error Match Pattern",
        why="flags and annotations",
    ),
    Field("re:error", "msg pattern pos lineno colno", why="its own words"),
    Allow(
        "re:Pattern",
        """findall finditer flags fullmatch groupindex groups match pattern search split sub
        subn""",
        why="text",
    ),
    Allow(
        "re:Match",
        """end endpos expand group groupdict groups lastgroup lastindex pos re regs span start
        string""",
        why="text",
    ),
    Allow("json", "dumps loads", why="exact options; no class of encoder", adapted=True),
    Allow("json", "JSONDecodeError", why="caught by class"),
    Allow(
        "random",
        """betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate
        normalvariate paretovariate randbytes randint random randrange sample seed
        triangular uniform vonmisesvariate weibullvariate getstate setstate Random""",
        why="random numbers of this call; a state is checked when it is set",
    ),
    Allow("random", "binomialvariate", why="random numbers", optional=True),
    # Swaps items: in rows of an array of objects it would drop some.
    Allow("random", "shuffle", why="random numbers of this call", pure=True, arrays=True),
    Allow(
        "random:Random",
        """betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate
        normalvariate paretovariate randbytes randint random randrange sample seed triangular
        uniform vonmisesvariate weibullvariate getstate setstate""",
        why="random numbers of this call; a state is checked when it is set",
    ),
    Allow("random:Random", "binomialvariate", why="random numbers", optional=True),
    Allow("random:Random", "shuffle", why="random numbers", pure=True, arrays=True),
    Allow(
        "string",
        """ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits
        printable punctuation whitespace""",
        why="constants",
    ),
    Allow("copy", "copy", why="copies data; own classes cannot steer it"),
    Allow("copy", "deepcopy", why="without a memo", adapted=True),
    Allow("enum", "auto unique", why="enums"),
    Allow("enum", "member nonmember property verify", why="mark what stands in an own enum"),
    Allow("types", "MethodType", why="binds own functions only", adapted=True),
    Allow("types:DynamicClassAttribute", "getter setter deleter", why="decorators in a class body"),
    Kind("enum:verify", why="looks at an own enum", called=True),
    Allow(
        "enum",
        "CONFORM CONTINUOUS EJECT KEEP NAMED_FLAGS STRICT UNIQUE",
        why="what an enum is to keep to",
    ),
    Allow("enum", "Enum IntEnum StrEnum Flag IntFlag ReprEnum", why="bases only", as_type=True),
    *(
        Base(f"enum:{name}", why="own enums")
        for name in words("Enum IntEnum StrEnum Flag IntFlag ReprEnum")
    ),
    Allow("enum:Enum", "name value __hash__ __repr__ __str__ __format__", why="data"),
    Allow("enum:Flag", "name value __contains__ __or__ __and__ __iter__", why="data"),
    Allow(
        "types:MappingProxyType", "copy get items keys values", why="an enum's members", pure=True
    ),
    Allow("enum:EnumType", "__members__ __iter__ __len__ __getitem__ __contains__", why="members"),
    Field("enum:Enum", "_value_ _name_", why="set in an own __new__"),
    Overridable(
        "enum:Enum",
        "_value_ _name_ _missing_ _generate_next_value_ _ignore_ _order_",
        why="what enums let their classes define",
    ),
    Overridable("collections.abc:Set", "_from_iterable", why="what sets let their classes define"),
    Allow("textwrap", "dedent fill indent shorten wrap", why="text"),
    Allow(
        "heapq",
        "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
        why="lists",
    ),
    Allow("bisect", "bisect bisect_left bisect_right insort insort_left insort_right", why="lists"),
    Allow("contextlib", "contextmanager", why="wraps an own generator", adapted=True),
    Allow("contextlib", "ExitStack closing nullcontext suppress", why="context managers"),
    Allow("contextlib:ExitStack", "callback close enter_context pop_all", why="own callbacks"),
    Allow("contextlib:ExitStack", "push", why="without the traceback", adapted=True),
    Kind("contextlib:_GeneratorContextManager", why="wraps a generator", called=True, makes=True),
    Kind("contextlib:ExitStack", why="own callbacks"),
    Allow("contextlib", "AbstractContextManager", why="annotations, a base", as_type=True),
    Allow("contextlib:AbstractContextManager", "__enter__", why="gives the object itself"),
    Base("contextlib:AbstractContextManager", why="own context managers"),
    Allow("abc", "ABC", why="abstract classes"),
    Allow("abc", "abstractmethod", why="marks own functions only", adapted=True),
    Base("abc:ABC", why="abstract classes"),
    Allow("numbers", "Complex Integral Number Rational Real", why="isinstance"),
    Allow(
        "decimal",
        """Decimal ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN
        ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP""",
        why=PURE,
    ),
    Allow(
        "decimal",
        """Clamped DecimalException DivisionByZero FloatOperation Inexact InvalidOperation
        Overflow Rounded Subnormal Underflow""",
        why="raised and caught by class",
    ),
    Allow(
        "decimal:Decimal",
        """adjusted as_integer_ratio as_tuple canonical compare compare_signal compare_total
        compare_total_mag conjugate copy_abs copy_negate copy_sign exp fma from_float imag
        is_canonical is_finite is_infinite is_nan is_normal is_qnan is_signed is_snan
        is_subnormal is_zero ln log10 logb logical_and logical_invert logical_or logical_xor
        max max_mag min min_mag next_minus next_plus next_toward normalize number_class
        quantize radix real remainder_near rotate same_quantum scaleb shift sqrt to_eng_string
        to_integral to_integral_exact to_integral_value""",
        why=PURE,
    ),
    Allow("fractions", "Fraction", why=PURE),
    Allow(
        "fractions:Fraction",
        "as_integer_ratio denominator from_decimal from_float limit_denominator numerator",
        why=PURE,
    ),
    Allow("fractions:Fraction", "is_integer", why=PURE, optional=True),
    *(Allow(f"numbers:{name}", "conjugate imag real", why=PURE) for name in words("Complex Real")),
    Allow("numbers:Rational", "denominator numerator", why=PURE),
    Allow("numbers:Integral", "denominator numerator", why=PURE),
    Allow(
        "time",
        """monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns
        sleep thread_time thread_time_ns time time_ns""",
        why="clocks; the wall clock limit holds",
        pure=True,
    ),
    Allow(
        "time",
        "asctime ctime gmtime localtime mktime strftime strptime struct_time",
        why="calendar arithmetic",
        pure=True,
    ),
    Allow(
        "time:struct_time",
        """tm_gmtoff tm_hour tm_isdst tm_mday tm_min tm_mon tm_sec tm_wday tm_yday tm_year
        tm_zone""",
        why="data",
        pure=True,
    ),
    Allow("datetime", "date datetime time timedelta timezone", why="calendar arithmetic"),
    Allow("datetime", "MAXYEAR MINYEAR UTC", why="constants"),
    Allow("datetime", "tzinfo", why="annotations", as_type=True),
    Allow("datetime:tzinfo", "dst fromutc tzname utcoffset", why="calendar arithmetic"),
    Allow("datetime:timezone", "dst fromutc max min tzname utcoffset", why="calendar arithmetic"),
    Allow(
        "datetime:time",
        """dst fold fromisoformat hour isoformat max microsecond min minute replace resolution
        second strftime tzinfo tzname utcoffset""",
        why="calendar arithmetic",
    ),
    Allow(
        "datetime:datetime",
        """now utcnow fromtimestamp fromisoformat combine year month day hour minute second
        microsecond tzinfo date time isoformat strftime strptime timestamp weekday replace
        astimezone ctime dst fold max min resolution timetuple timetz tzname utcfromtimestamp
        utcoffset utctimetuple""",
        why="calendar arithmetic",
    ),
    Allow(
        "datetime:date",
        """ctime day fromisocalendar fromisoformat fromordinal fromtimestamp isocalendar
        isoformat isoweekday max min month replace resolution timetuple today toordinal weekday
        year""",
        why="dates",
    ),
    Allow(
        "datetime:timedelta",
        "days max microseconds min resolution seconds total_seconds",
        why="dates",
    ),
    Allow("datetime:timezone", "utc", why="dates"),
    Allow("einops", "asnumpy einsum pack parse_shape rearrange reduce repeat unpack", why=PURE),
    Allow("einops", "EinopsError", why="caught by class"),
)
