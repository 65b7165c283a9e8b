"""Builtins, Python's own types, the standard library and einops."""

from __future__ import annotations

from ..rows import Refusal, Refused, RefusedPattern
from . import reasons as why

_BUILTINS: tuple[Refusal, ...] = (
    Refused("builtins", "open", why.FILES, "pass what it reads as an argument, return the rest"),
    Refused("builtins", "input", why.FILES, "pass the answer as an argument"),
    Refused(
        "builtins", "compile eval exec", why.CODE, "write the code itself, or json.loads(text)"
    ),
    Refused("builtins", "globals locals", why.NAMESPACES, "keep the values in a dict of your own"),
    Refused("builtins", "id", why.MEMORY, "compare with `is`, or number the objects yourself"),
    Refused("builtins", "memoryview", why.MEMORY, "use bytes, or a numpy array"),
    Refused("builtins", "breakpoint help", why.PRINTS, "print(...) what you want to see"),
    Refused("builtins", "exit quit", why.PRINTS, "return, or raise an exception of your own"),
    Refused("builtins", "copyright credits license", why.PRINTS),
    Refused("builtins", "aiter anext StopAsyncIteration", why.CONCURRENT, "a plain generator"),
    Refused(
        "builtins",
        "BaseExceptionGroup ExceptionGroup",
        "its splitting calls back in unsafe ways",
        "raise the first of them",
    ),
    Refused(
        "builtins",
        "GeneratorExit KeyboardInterrupt SystemExit",
        "it ends what runs",
        "return, or raise an exception of your own",
    ),
    Refused("builtins", "PythonFinalizationError", "it ends what runs", optional=True),
    Refused(
        "builtins",
        """BlockingIOError BrokenPipeError ChildProcessError ConnectionAbortedError
        ConnectionRefusedError ConnectionResetError EncodingWarning IndentationError
        ProcessLookupError SystemError TabError""",
        why.UNASKED,
        "OSError, RuntimeError, SyntaxError",
    ),
    Refused("builtins", "False None True print type", "a constant, or made anew for each call"),
    Refused("builtins:BaseException", "with_traceback", why.NAMESPACES, "raise e from other"),
    Refused("builtins:AttributeError", "obj", why.VIEWS),
    Refused("builtins:ImportError", "name_from path", why.INTERNALS, optional=True),
    Refused("builtins:OSError", "characters_written filename filename2", why.FILES, "e.args"),
    Refused(
        "builtins:SyntaxError",
        "end_lineno end_offset filename lineno msg offset print_file_and_line text",
        why.UNASKED,
        "e.args",
        optional=True,
    ),
    Refused("builtins:property", "fdel fget fset", why.NAMESPACES),
    Refused(
        "types",
        """CellType CodeType FrameType TracebackType AsyncGeneratorType CoroutineType
        ClassMethodDescriptorType GetSetDescriptorType MemberDescriptorType MethodDescriptorType
        MethodWrapperType WrapperDescriptorType DynamicClassAttribute coroutine new_class
        prepare_class resolve_bases get_original_bases CapsuleType""",
        why.NAMESPACES,
        "callable(x), and type(x).__name__",
        optional=True,
    ),
    Refused(
        "types:GeneratorType",
        "gi_code gi_frame gi_running gi_suspended gi_yieldfrom",
        why.NAMESPACES,
        optional=True,
    ),
    *(
        Refused(f"_collections_abc:{name}", "mapping", why.NAMESPACES, "dict(x)")
        for name in ("dict_items", "dict_keys", "dict_values")
    ),
    Refused("builtins:type", "mro", why.NAMESPACES, "isinstance(x, Base)"),
)

_CONTAINERS: tuple[Refusal, ...] = (
    Refused("abc", "ABCMeta get_cache_token update_abstractmethods", why.STATE, "class A(ABC)"),
    Refused(
        "abc",
        "abstractclassmethod abstractproperty abstractstaticmethod",
        why.DEPRECATED,
        "@property over @abstractmethod",
    ),
    Refused("abc:ABCMeta", "register", "it makes isinstance lie", "derive from it"),
    Refused(
        "itertools",
        "batched",
        "it uses an iterator that it has let go",
        "itertools.islice",
        optional=True,
    ),
    Refused(
        "collections",
        "UserString",
        why.UNASKED,
        "hold the text in an attribute",
    ),
    Refused("collections:ChainMap", "copy fromkeys", why.UNASKED, "copy.copy(x)"),
    Refused(
        "collections:OrderedDict",
        "move_to_end",
        "walks nodes that a key may free while it is compared",
        "collections.OrderedDict of the technique's own, or dict",
    ),
    Refused(
        "collections.abc",
        "AsyncGenerator AsyncIterable AsyncIterator Awaitable Coroutine",
        why.CONCURRENT,
    ),
    Refused("collections.abc", "ByteString", why.DEPRECATED, "bytes", optional=True),
    Refused("collections.abc", "Buffer", why.MEMORY, "bytes", optional=True),
    Refused("collections.abc:Generator", "close send throw", "abstract", "write a generator"),
    Refused("collections.abc:MutableSet", "add discard", "abstract", "define it"),
    Refused("collections.abc:MutableSequence", "insert", "abstract", "define it"),
    Refused("copy", "dispatch_table", why.STATE),
    Refused("copy", "Error error", why.UNASKED),
    Refused("copy", "replace", "it calls `__replace__`", "dataclasses.replace", optional=True),
    Refused("dataclasses", "make_dataclass", why.CODE, "write the class"),
    Refused(
        "dataclasses:Field",
        "compare default_factory hash init kw_only metadata repr",
        why.UNASKED,
        "name, default, type",
        optional=True,
    ),
    Refused("dataclasses:InitVar", "type", why.UNASKED),
    Refused("enum:property", "member", why.INTERNALS, "type(x).__members__", optional=True),
    Refused("enum", "EnumMeta EnumType", "it makes classes", "class A(Enum)"),
    Refused(
        "enum",
        """global_enum global_enum_repr global_flag_repr global_str pickle_by_enum_name
        pickle_by_global_name""",
        why.STATE,
    ),
    Refused(
        "enum",
        "EnumCheck EnumDict FlagBoundary show_flag_values",
        why.UNASKED,
        "@unique",
        optional=True,
    ),
)

_FUNCTIONS: tuple[Refusal, ...] = (
    Refused(
        "contextlib",
        "AbstractAsyncContextManager AsyncContextDecorator AsyncExitStack aclosing "
        "asynccontextmanager",
        why.CONCURRENT,
        "contextmanager",
    ),
    Refused("contextlib", "chdir", why.FILES),
    Refused("contextlib", "ContextDecorator", why.UNASKED, "contextmanager"),
    Refused(
        "functools",
        "singledispatchmethod",
        "it evaluates annotation text",
        "functools.singledispatch, isinstance or match",
    ),
    Refused("functools", "partialmethod", why.NAMESPACES, "a method that calls the other"),
    Refused("functools", "WRAPPER_ASSIGNMENTS WRAPPER_UPDATES", why.VIEWS),
    Refused(
        "functools", "RLock GenericAlias get_cache_token namedtuple recursive_repr", why.INTERNALS
    ),
    Refused("functools:partial", "args func keywords", why.NAMESPACES, "keep them yourself"),
    Refused("unnamed:KeyWrapper", "obj", why.NAMESPACES),
    Refused("operator", "call", why.BY_NAME, "write f(...)"),
    Refused(
        "operator",
        "iconcat ilshift imatmul imod ipow irshift",
        why.UNASKED,
        "write the operator",
        optional=True,
    ),
    Refused("cloche_server.walls.language.arrays:ArrayFunction", "function", why.NAMESPACES),
    Refused(
        "typing",
        "get_type_hints ForwardRef no_type_check no_type_check_decorator",
        "it evaluates annotation text, or sets attributes",
        "keep names in a tuple of your own",
        optional=True,
    ),
    Refused(
        "typing",
        "get_origin",
        "it hands out real classes, `type` among them",
        "isinstance(x, T)",
    ),
    Refused("typing", "clear_overloads dataclass_transform get_overloads", why.STATE),
    Refused("typing", "reveal_type", why.PRINTS, "print(type(x))"),
    Refused("typing", "BinaryIO IO TextIO", why.FILES),
    Refused(
        "typing",
        "AsyncContextManager AsyncGenerator AsyncIterable AsyncIterator Awaitable Coroutine",
        why.CONCURRENT,
    ),
    Refused("typing", "is_typeddict", why.UNASKED),
    *(
        Refused(f"typing:{name}", "has_default", why.UNASKED, optional=True)
        for name in ("ParamSpec", "TypeVar", "TypeVarTuple")
    ),
    Refused("typing", "ByteString", why.DEPRECATED, "bytes", optional=True),
    Refused(
        "typing",
        """NoDefault ReadOnly TypeAliasType TypeIs get_protocol_members
        is_protocol override""",
        why.UNASKED,
        optional=True,
    ),
)

_TEXT: tuple[Refusal, ...] = (
    Refused(
        "json",
        "JSONDecoder detect_encoding dump load",
        "files, and classes that steer the encoder",
        "json.dumps(x, default=f), json.loads",
    ),
    Refused("re", "Scanner template TEMPLATE T", why.INTERNALS, "re.finditer", optional=True),
    Refused("re", "DEBUG", why.PRINTS),
    Refused("re", "LOCALE L RegexFlag purge", why.UNASKED),
    Refused("re", "PatternError", why.UNASKED, "re.error", optional=True),
    Refused("re:Pattern", "scanner", why.INTERNALS, "finditer"),
    Refused("string", "Formatter Template", why.BY_NAME, "f-strings and str.format"),
    Refused("textwrap", "TextWrapper", why.UNASKED, "textwrap.fill, wrap, indent"),
)

_EINOPS: tuple[Refusal, ...] = (
    RefusedPattern("einops.layers", "*", why.INTERNALS, "einops.layers.torch.Rearrange"),
    RefusedPattern("einops.layers.torch", "*", why.INTERNALS, "Rearrange, Reduce, nn.Linear"),
)

_NUMBERS: tuple[Refusal, ...] = (
    Refused(
        "decimal",
        """BasicContext Context DefaultContext ExtendedContext getcontext localcontext
        setcontext""",
        why.STATE,
        "quantize, or the context of each operation",
        optional=True,
    ),
    Refused(
        "decimal",
        """ConversionSyntax DecimalTuple DivisionImpossible DivisionUndefined HAVE_CONTEXTVAR
        HAVE_THREADS InvalidContext MAX_EMAX MAX_PREC MIN_EMIN MIN_ETINY""",
        why.UNASKED,
        optional=True,
    ),
    Refused("random", "SystemRandom", why.FILES, "random.Random(seed)"),
    Refused("random:Random", "VERSION", why.INTERNALS),
    Refused("statistics", "kde kde_random", why.NAMESPACES, "NormalDist", optional=True),
    Refused(
        "time",
        """CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID
        CLOCK_REALTIME CLOCK_TAI CLOCK_THREAD_CPUTIME_ID clock_getres clock_gettime
        clock_gettime_ns get_clock_info pthread_getcpuclockid""",
        why.UNASKED,
        "time.perf_counter()",
        optional=True,
    ),
    Refused("time", "clock_settime clock_settime_ns tzset", why.STATE, optional=True),
    Refused("time", "altzone daylight timezone tzname", "tells about the machine", "gmtime()"),
    Refused("time:struct_time", "n_fields n_sequence_fields n_unnamed_fields", why.INTERNALS),
    Refused("datetime", "datetime_CAPI", why.MEMORY),
)

REFUSALS: tuple[Refusal, ...] = (
    *_BUILTINS,
    *_CONTAINERS,
    *_FUNCTIONS,
    *_TEXT,
    *_EINOPS,
    *_NUMBERS,
)
