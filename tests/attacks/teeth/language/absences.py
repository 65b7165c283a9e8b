"""What no table lists. Each mutation lists it, as a careless row would."""

from __future__ import annotations

from typing import Final

from cloche_server.walls.language.tables.rows import Allow, Kind

from tests.attacks.teeth.language.layers import DUNDER, REACHING, SOURCE, UNSAID
from tests.attacks.teeth.mutation import Mutation, Removal
from tests.attacks.teeth.rules import UNIMPORTED


def _listed(
    table: str,
    names: dict[str, tuple[str, str]],
    attack: str,
    along: tuple[Removal, ...] = (),
) -> tuple[Mutation, ...]:
    """names: absent name -> (module or class, names in it)."""
    return tuple(
        Mutation(
            f"absent {table}: {name}",
            (attack,),
            (Allow(of, what, why="a careless row"),),
            along,
        )
        for name, (of, what) in names.items()
    )


def _builtin(name: str, attack: str, along: tuple[Removal, ...] = ()) -> Mutation:
    row = Allow("builtins", name, why="a careless row", pure=True)
    return Mutation(f"absent builtins: {name}", (attack,), (row,), (*along, UNSAID))


_BUILTINS: Final = (
    _builtin("open", "open_builtin"),
    _builtin("eval", "eval_builtin", (Removal(UNIMPORTED),)),
    _builtin("exec", "names_exec"),
    _builtin("compile", "names_compile"),
    _builtin("input", "names_input"),
    _builtin("globals", "names_namespaces"),
    _builtin("memoryview", "names_class"),
    _builtin("exit", "names_object"),
    _builtin("__import__", "names_import", (*SOURCE, Removal(UNIMPORTED))),
    *(
        _builtin(name, "names_others")
        for name in ("locals", "id", "breakpoint", "help", "aiter", "anext")
    ),
)

_SPECIAL: Final = (
    *_listed("builtin_types", {"__reduce__": ("builtins:object", "__reduce_ex__")},
             "read_reduce", DUNDER),
    *_listed("builtin_types", {"__getstate__": ("builtins:object", "__getstate__")},
             "read_state", DUNDER),
    *_listed("builtin_types", {"__dict__": ("torch.nn:Module", "__dict__")},
             "read_dict_of_real", DUNDER),
    *_listed("builtin_types", {"frames": ("types:GeneratorType", "gi_frame")}, "frame_generator"),
    *_listed("builtin_types", {"coroutines": ("types:CoroutineType", "send")}, "syntax_async",
             (Removal("TechniqueTransformer.visit_AsyncFunctionDef refuses at last",
                      "return node"),)),
)  # fmt: skip

_NUMPY: Final = (
    *_listed("numpy", {
        "load": ("numpy", "load"),
        "save": ("numpy", "save"),
        "memmap": ("numpy", "memmap"),
        "fromfile": ("numpy", "fromfile"),
        "genfromtxt": ("numpy", "genfromtxt"),
        "frombuffer": ("numpy", "frombuffer"),
        "ctypeslib": ("numpy.ctypeslib", "as_array"),
        "testing": ("numpy.testing", "measure"),
        "f2py": ("numpy.f2py", "run_main"),
    }, "numpy_unlisted"),
    *_listed("numpy", {
        name: ("numpy:ndarray", name)
        for name in ("base", "ctypes", "data", "setflags", "dumps", "tofile")
    }, "numpy_unlisted_of_array"),
    Mutation(
        "absent numpy: lib.stride_tricks",
        ("numpy_unlisted",),
        (Allow("numpy.lib.stride_tricks", "as_strided", why="a careless row"),
         Allow("numpy.lib", "NumpyVersion", why="a careless row")),
    ),
    *_listed("numpy", {"ndarray": ("numpy", "ndarray")}, "numpy_constructor"),
)  # fmt: skip

_TORCH: Final = (
    *_listed("torch", {
        **{name: ("torch", name) for name in (
            "as_strided", "compile", "from_dlpack", "from_file", "frombuffer", "load", "save",
        )},
        "_C": ("torch._C", "get_num_threads"),
        "distributed": ("torch.distributed", "is_available"),
        "hub": ("torch.hub", "get_dir"),
        "jit": ("torch.jit", "script"),
        "library": ("torch.library", "Library"),
        "multiprocessing": ("torch.multiprocessing", "spawn"),
        "package": ("torch.package", "PackageImporter"),
        "sparse": ("torch.sparse", "mm"),
    }, "torch_unlisted"),
    *_listed("torch", {"utils.cpp_extension": ("torch.utils.cpp_extension", "include_paths")},
             "import_cpp_extension"),
    *_listed("torch_nn", {
        "compile": ("torch.nn:Module", "compile"),
        "to_empty": ("torch.nn:Module", "to_empty"),
        "share_memory": ("torch.nn:Module", "share_memory"),
        "ParameterList": ("torch.nn", "ParameterList"),
    }, "torch_unlisted_of_layer"),
    Mutation(
        "absent torch_nn: ParameterDict",
        ("torch_parameterdict_interface",),
        (Allow("torch.nn", "ParameterDict", why="a careless row"),
         Kind("torch.nn:ParameterDict", why="a careless row", items=True)),
    ),
    *_listed("torch_tensor", {
        name: ("torch:Tensor", name) for name in (
            "data_ptr", "set_", "resize_", "as_strided", "share_memory_", "apply_", "map_", "new",
            "storage", "grad_fn",
        )
    }, "torch_unlisted_of_tensor"),
    *_listed("torch_tensor", {
        name: ("torch:Tensor", name) for name in ("__reduce_ex__", "__torch_function__")
    }, "torch_unlisted_of_tensor", DUNDER),
    *_listed("torch_tensor", {"load_state_dict of a scheduler": (
        "torch.optim.lr_scheduler:LRScheduler", "load_state_dict")}, "scheduler_load_state"),
)  # fmt: skip

_TRANSFORMERS: Final = (
    *_listed("transformers", {
        **{name: ("transformers:PreTrainedModel", name)
           for name in ("from_pretrained", "save_pretrained", "push_to_hub")},
        "pipeline": ("transformers", "pipeline"),
    }, "hf_unlisted"),
    *_listed("import", {
        "transformers.pipeline": ("transformers", "pipeline"),
    }, "hf_unlisted"),
)  # fmt: skip


def _module(
    name: str, members: str, attack: str, *more: Allow, along: tuple[Removal, ...] = ()
) -> Mutation:
    rows = (Allow(name, members, why="a careless row"), *more)
    return Mutation(f"absent import: {name.partition('.')[0]}", (attack,), rows, along)


_MODULES: Final = (
    _module("os", "system", "os_system"),
    _module("io", "open", "import_io"),
    _module("pathlib", "WindowsPath", "import_pathlib",
            Allow("pathlib:Path", "touch", why="a careless row")),
    _module("pickle", "loads", "import_pickle"),
    _module("sys", "modules", "import_sys"),
    _module("subprocess", "run", "import_subprocess"),
    _module("socket", "socketpair", "import_socket"),
    _module("urllib.request", "urlopen", "import_urllib"),
    _module("inspect", "currentframe", "import_inspect"),
    _module("gc", "get_objects", "import_gc"),
    _module("ctypes", "string_at", "import_ctypes"),
    _module("threading", "Thread", "import_threading",
            Allow("threading:Thread", "start join", why="a careless row")),
    _module("argparse", "ArgumentParser", "import_argparse",
            Allow("argparse:ArgumentParser", "add_argument parse_args", why="a careless row")),
    _module("importlib", "import_module", "import_importlib"),
    _module("concurrent.futures", "ThreadPoolExecutor", "import_concurrent",
            Allow("concurrent.futures:ThreadPoolExecutor", "submit shutdown",
                  why="a careless row")),
    _module("asyncio", "new_event_loop", "import_asyncio"),
    _module("multiprocessing", "Pipe", "import_multiprocessing"),
    _module("logging", "FileHandler", "import_logging"),
    Mutation("absent import: torch.utils", ("import_cpp_extension",),
             (Allow("torch.utils.cpp_extension", "include_paths", why="a careless row"),)),
    *_listed("import", {name: ("torch", name.partition(".")[2]) for name in (
        "torch.load", "torch.save", "torch.compile")}, "torch_unlisted"),
    Mutation("absent import: operator.call", ("operator_call",),
             (Allow("operator", "call", why="a careless row", pure=True),), REACHING),
    Mutation("absent import: string.Formatter", ("string_formatter",),
             (Allow("string", "Formatter", why="a careless row"),
              Allow("string:Formatter", "get_field", why="a careless row"))),
    Mutation("absent import: typing.get_type_hints", ("typing_hints_evaluated",),
             (Allow("typing", "get_type_hints", why="a careless row"),)),
)  # fmt: skip

MUTATIONS: Final = (
    *_BUILTINS, *_SPECIAL, *_NUMPY, *_TORCH, *_TRANSFORMERS, *_MODULES,
)  # fmt: skip
