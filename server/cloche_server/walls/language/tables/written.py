"""What is written in the language of techniques, file by file of `written/`."""

from __future__ import annotations

from .rows import Row, Written

_BARS = "tqdm trange"

ROWS: tuple[Row, ...] = (
    Written("tqdm", _BARS, "tqdm", why="reports as progress() does; the library's own draws"),
    Written("tqdm.auto", _BARS, "tqdm", why="the same bars"),
    Written("tqdm.std", _BARS, "tqdm", why="the same bars"),
    Written("tqdm.notebook", _BARS, "tqdm", why="the same bars"),
    Written(
        "logging",
        """BASIC_FORMAT CRITICAL DEBUG ERROR FATAL Filter Formatter Handler INFO LogRecord Logger
        LoggerAdapter NOTSET NullHandler StreamHandler WARN WARNING addLevelName basicConfig
        captureWarnings critical debug disable error exception fatal getLevelName getLogger info
        log makeLogRecord root shutdown warn warning""",
        "logging",
        why="records go to the caller; the library's own keeps its loggers for the process",
    ),
    Written("logging", "getLevelNamesMapping", "logging", why="names of levels", optional=True),
    Written(
        "warnings",
        """WarningMessage catch_warnings filterwarnings resetwarnings simplefilter warn""",
        "warnings",
        why="the library's own filters are the process's",
    ),
    Written(
        "types",
        "MappingProxyType SimpleNamespace",
        "types",
        why="the real ones hand out what they hold under any name",
    ),
    Written(
        "gc",
        "collect disable enable freeze get_count isenabled unfreeze",
        "gc",
        why="without effect: nothing outlives a call",
    ),
    Written(
        "traceback",
        """format_exc format_exception format_exception_only print_exc print_exception""",
        "traceback",
        why="text of the technique's own lines; never a frame",
    ),
    Written("sys", "argv path stderr stdout", "sys", why="texts go to the caller; empty lists"),
    Written("os", "environ getenv", "os", why="this call's own, empty"),
    Written(
        "contextlib",
        "redirect_stderr redirect_stdout",
        "contextlib",
        why="what print() of this call writes to",
    ),
    Written("pprint", "pp pprint", "pprint", why="print what pformat makes"),
    Written("typing", "TypedDict", "typing", why="annotated dicts; the real one makes classes"),
    *(
        Written(
            module,
            names,
            "autograd",
            why="derivatives of one's own; the library's context leads into its graph",
        )
        for module, names in (
            ("torch.autograd", "Function"),
            ("torch.autograd.function", "Function FunctionCtx once_differentiable"),
        )
    ),
    Written("torch.backends", "cuda cudnn mps", "backends", why="switches without effect"),
    Written(
        "torch.nn.utils.parametrizations",
        "orthogonal spectral_norm weight_norm",
        "parametrizations",
        why="steps for register_parametrization; the library's own change a layer's class",
    ),
    Written(
        "einops.layers.torch",
        "Rearrange Reduce",
        "einops_layers",
        why="layers that call rearrange and reduce",
    ),
    Written(
        "numpy.testing",
        """assert_ assert_allclose assert_almost_equal assert_array_almost_equal assert_array_equal
        assert_array_less assert_equal""",
        "numpy_testing",
        why="comparisons; the library's own asks any object, and walks the caller's frames",
    ),
    Written(
        "collections",
        "UserDict UserList",
        "collections",
        why="to derive from; transformers' own batches are of the real ones",
    ),
    Written("json", "JSONEncoder", "json", why="to derive from; it calls json.dumps"),
    Written(
        "transformers",
        "logging",
        "transformers_logging",
        why="levels that are kept, without effect; the library's own are the process's",
    ),
    Written("transformers.utils", "logging", "transformers_logging", why="the same"),
    Written(
        "transformers.utils.logging",
        """CRITICAL DEBUG ERROR INFO WARNING disable_progress_bar enable_progress_bar get_logger
        get_verbosity set_verbosity set_verbosity_debug set_verbosity_error set_verbosity_info
        set_verbosity_warning""",
        "transformers_logging",
        why="the same, function by function",
    ),
    *(
        Written(module, names, "streamers", why="text goes to the caller as it is decoded")
        for module, names in (
            ("transformers", "TextStreamer"),
            ("transformers.generation", "BaseStreamer TextStreamer"),
            ("transformers.generation.streamers", "BaseStreamer TextStreamer"),
        )
    ),
    Written(
        "transformers",
        "DataCollatorForLanguageModeling DataCollatorWithPadding default_data_collator",
        "collators",
        why="batches by the tokenizer's own pad",
    ),
    Written(
        "functools",
        "singledispatch",
        "functools",
        why="by the classes that it is told; the real one evaluates annotation text",
    ),
    Written(
        "inspect",
        """Parameter Signature BoundArguments cleandoc formatannotation getdoc isbuiltin isclass
        iscoroutinefunction isfunction isgenerator ismethod ismodule isroutine signature""",
        "inspect",
        why="names and kinds of parameters; the library's own leads to code and frames",
    ),
)
