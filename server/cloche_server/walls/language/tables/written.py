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
