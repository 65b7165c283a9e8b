"""All tables together, and what may be imported from them."""

from __future__ import annotations

import fnmatch
from typing import Final

from ..diagnostics import SEE_POLICY, closest
from . import (
    admitted,
    builtin_types,
    builtins,
    numpy,
    standard_library,
    torch,
    torch_data,
    torch_nn,
    torch_tensor,
    transformers,
    utilities,
    wire,
    written,
)
from .refused import REFUSALS
from .rows import Allow, Refusal, Refused, RefusedPattern, Row, Written

ROWS: Final[tuple[Row, ...]] = (
    *builtins.ROWS,
    *builtin_types.ROWS,
    *standard_library.ROWS,
    *utilities.ROWS,
    *written.ROWS,
    *torch.ROWS,
    *torch_tensor.ROWS,
    *torch_nn.ROWS,
    *torch_data.ROWS,
    *numpy.ROWS,
    *transformers.ROWS,
    *wire.ROWS,
)

_MEMBERS: Final[dict[str, set[str]]] = {"cloche": {"progress"}}
#: Members that some installed versions lack.
_OPTIONAL: Final[set[tuple[str, str]]] = set()
for _row in ROWS:
    if isinstance(_row, (Allow, Written)) and ":" not in _row.of and _row.of != "builtins":
        _MEMBERS.setdefault(_row.of, set()).update(_row.names.split())
        if _row.optional:
            _OPTIONAL.update((_row.of, each) for each in _row.names.split())
for _name in list(_MEMBERS):
    while "." in _name:
        _name, _, _child = _name.rpartition(".")
        _MEMBERS.setdefault(_name, set()).add(_child)

IMPORTABLE: Final[tuple[str, ...]] = tuple(sorted(_MEMBERS))


def admit(libraries: tuple[str, ...]) -> None:
    """Lets libraries of tables/admitted.py be imported: once, before any technique is compiled."""
    for module, names in admitted.members_of(libraries).items():
        _MEMBERS.setdefault(module, set()).update(names)


def is_importable(module: str) -> bool:
    return module in _MEMBERS


def importable() -> tuple[str, ...]:
    return tuple(sorted(_MEMBERS))


def has_member(module: str, name: str) -> bool:
    return name in _MEMBERS.get(module, ())


def always_has(module: str, name: str) -> bool:
    """Whether every admitted version of the libraries has the member."""
    return has_member(module, name) and (module, name) not in _OPTIONAL


_REFUSED: Final = {
    (row.of, name): row
    for row in REFUSALS
    if isinstance(row, Refused)
    for name in row.names.split()
}


_PATTERNS: Final = tuple(row for row in REFUSALS if isinstance(row, RefusedPattern))


def _refusal_row(module: str, name: str) -> Refusal | None:
    """The first row to speak of a module's member."""
    found = _REFUSED.get((module, name))
    if found is not None:
        return found
    for row in _PATTERNS:
        if row.of == module and any(fnmatch.fnmatchcase(name, each) for each in row.names.split()):
            return row
    return None


def member_refusal(module: str, name: str) -> tuple[str, str]:
    """Why a member is not read of a module that may be imported, and what to write instead."""
    row = _refusal_row(module, name)
    why = row.why if row else "not on the list of allowed names"
    hint = IMPORT_HINTS.get(f"{module}.{name}") or (row.instead or SEE_POLICY if row else "")
    return (
        f"'{module}.{name}' refused: {why}",
        hint
        or closest(name, sorted(each for each in _MEMBERS[module] if always_has(module, each))),
    )


#: Provided, but not from the tables: made anew for each call.
_MADE: Final = frozenset({"print", "type"})
#: Exceptions of Python's own that no technique raises: a handler may name them all the same.
UNRAISED: Final = frozenset({"GeneratorExit", "KeyboardInterrupt", "SystemExit"})


#: What a technique may name without binding it.
BUILTINS: Final = _MADE | {"progress"}.union(
    *(row.names.split() for row in ROWS if isinstance(row, Allow) and row.of == "builtins")
)


def refused_builtin(name: str) -> Refused | None:
    return None if name in _MADE else _REFUSED.get(("builtins", name))


#: Names by which modules go in every notebook.
_USUAL_NAMES: Final = {
    "np": "import numpy as np",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
}
#: Where to look for a name that is not imported; of a name in several, the first.
_OF_PYTHON: Final = (
    *("dataclasses", "collections", "functools", "itertools", "enum", "abc", "contextlib"),
    *("typing", "collections.abc"),
)
_OF_VALUES: Final = ("math", "torch", "transformers", "einops", "numpy")


def import_hint(name: str) -> str:
    """How to come by a name that is not defined and that people import; or empty."""
    statement = _USUAL_NAMES.get(name) or (f"import {name}" if name in IMPORTABLE else "")
    if not statement:
        module = next((each for each in _OF_PYTHON if always_has(each, name)), "")
        # `exp` may be math's or torch's.
        values = [each for each in _OF_VALUES if always_has(each, name)]
        if not module and len(values) > 1:
            which = " or ".join(f"`{each}.{name}`" for each in values)
            return f"import the module and write {which}"
        module = module or "".join(values)
        statement = f"from {module} import {name}" if module else ""
    return f"write `{statement}`" if statement else ""


def import_refusal(name: str) -> tuple[str, str]:
    """Why a module, or a member of one, is not imported, and what to write instead."""
    root = name.partition(".")[0]
    what = "not an allowed module" if not is_importable(root) else "not on the module's list"
    hint = IMPORT_HINTS.get(name) or IMPORT_HINTS.get(root)
    module, _, member = name.rpartition(".")
    row = _refusal_row(module, member)
    if row is not None:
        what, hint = row.why, IMPORT_HINTS.get(name) or row.instead or hint
    return (
        f"import of '{name}' refused: {what}",
        hint or "compute it from what is allowed, or pass the data as an argument",
    )


IMPORT_HINTS: Final = {
    "os": "os.path.join and its like work; pass a file's bytes as an argument",
    "io": "io.StringIO and io.BytesIO work; pass a file's bytes as an argument",
    "pathlib": "pathlib.Path works for names; pass a file's bytes as an argument",
    "pickle": "return plain data: tensors, arrays, lists, dicts",
    "sys": "print() and sys.stdout go to the caller; raise an error, or return, to end",
    "subprocess": "run it on the caller's side and pass the result",
    "socket": "fetch it on the caller's side and pass the result",
    "requests": "fetch it on the caller's side and pass the result",
    "urllib": "fetch it on the caller's side and pass the result",
    "inspect": "inspect.signature(f) works; keep the rest in variables of your own",
    "ctypes": "use tensors or numpy arrays",
    "threading": "a technique runs alone: write `results = [f(x) for x in items]`",
    "concurrent": "a technique runs alone: write `results = [f(x) for x in items]`",
    "argparse": "give the technique parameters: `def technique(model, tokenizer, k=5): pass`",
    "importlib": "write `import name` in a `try` and catch ImportError",
    "torch.backends.cudnn": "write `import torch` and torch.backends.cudnn.benchmark = False",
    "torch.nn.utils.prune": "multiply under torch.no_grad(): layer.weight.mul_(mask)",
    "asyncio": "a technique runs alone: write `def f(x): return x` and `f(x)`, without await",
    "multiprocessing": "a technique runs alone: write `results = [f(x) for x in items]`",
    "logging": "logging.getLogger(name).info(text) goes to the caller",
    "tqdm": "tqdm(iterable) and trange(n) work",
    "matplotlib": "return the data and plot on the caller's side",
    "pandas": "return lists or arrays and build the frame on the caller's side",
    "sklearn": "fit with torch.optim or torch.linalg.lstsq; or ask the server's operator for "
    "`cloche serve MODEL --allow-library sklearn`",
    "scipy": "torch.linalg, torch.fft and torch.special cover most of it; or ask the server's "
    "operator for `cloche serve MODEL --allow-library scipy`",
    "datasets": "load the data on the caller's side and pass it as an argument",
    "transformer_lens": "register_forward_hook and output_hidden_states reach the same values",
    "transformers.pipeline": "call model.generate or the model itself",
    "torch.load": "pass the tensor as an argument",
    "torch.save": "return the tensor",
    "torch.compile": "call the function as it is",
    "operator.call": "write f(...)",
    "string.Formatter": "f-strings and str.format work",
    "string.Template": "f-strings and str.format work",
}
