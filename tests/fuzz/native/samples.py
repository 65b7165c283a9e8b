"""Good arguments for an entry: from torch's own databases, from recipes, from signatures."""

from __future__ import annotations

import functools
import inspect
import itertools
import random
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import numpy as np
import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db
from torch.testing._internal.common_optimizers import optim_db

from .entries import Entry, Way
from .recipes import PARAMETERS, SELVES, lines_of
from .vocabulary import Words, evaluate

_DTYPES: Final = (
    *(torch.float32, torch.float64, torch.int64, torch.bfloat16, torch.complex64, torch.float16),
    *(torch.uint8, torch.bool, torch.int32, torch.int8, torch.int16, torch.complex128),
)
_MOST: Final = 48
#: What torch's schemas call types, as words.
_SCHEMA_WORDS: Final = {
    "Tensor": "m", "Optional[Tensor]": "m", "int": "n", "Optional[int]": "n", "number": "s",
    "Optional[number]": "s", "float": "h", "Optional[float]": "h", "bool": "flag",
    "Optional[bool]": "flag", "List[int]": "list(sh)", "Optional[List[int]]": "list(sh)",
    "List[Tensor]": "[m, m]", "Optional[ScalarType]": "dt", "ScalarType": "dt",
    "str": "'cpu'",
    "List[Optional[Tensor]]": "[i]", "List[float]": "[h, h]", "Optional[List[float]]": "[h, h]",
}  # fmt: skip


@dataclass
class Call:
    """Arguments of one call. `inputs` and `named` go to what it makes: a layer, an optimizer."""

    args: list[Any]
    options: dict[str, Any]
    inputs: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)


class NoSampleError(Exception):
    """Nothing is known of what the entry takes."""


@functools.cache
def _operators() -> dict[str, list[int]]:
    """Places in the operator database, by name."""
    found: dict[str, list[int]] = {}
    for number, info in enumerate(op_db):
        if info.supported_dtypes("cpu").isdisjoint(_DTYPES):
            continue
        for name in (info.name, *(each.name for each in info.aliases)):
            found.setdefault(name, []).append(number)
    return found


@functools.cache
def operators_of(entry: Entry) -> tuple[int, ...]:
    """Its places in the operator database: by its name, without the underscore of in-place."""
    if entry.way not in (Way.FUNCTION, Way.METHOD) or not entry.of_torch:
        return ()
    if entry.holder not in ("torch.Tensor",) and entry.way is Way.METHOD:
        return ()
    prefix = "" if entry.way is Way.METHOD else entry.holder[len("torch.") :]
    name = f"{prefix}.{entry.name}" if prefix else entry.name
    known = _operators()
    for each in (name, name.rstrip("_") if not name.startswith("_") else name, f"special.{name}"):
        if each in known:
            return tuple(known[each])
    return ()


@functools.cache
def schemas_of(entry: Entry) -> tuple[Any, ...]:
    """torch's own descriptions of the overloads of an entry."""
    if not entry.of_torch or entry.way not in (Way.FUNCTION, Way.METHOD):
        return ()
    family = entry.holder.rpartition(".")[2]
    names = [entry.name]
    if family in ("linalg", "fft", "special"):
        names = [f"{family}_{entry.name}"]
    return tuple(
        schema
        for name in names
        for schema in torch._C._jit_get_schemas_for_operator(f"aten::{name}")
        if not any(str(each.type) == "Dimname" for each in schema.arguments)
    )


@functools.cache
def signature_of(entry: Entry) -> tuple[inspect.Parameter, ...]:
    holder: Any = {"torch": torch, "numpy": np}[entry.holder.split(".")[0]]
    for part in entry.holder.split(".")[1:]:
        holder = getattr(holder, part, None)
    try:
        found = inspect.signature(getattr(holder, entry.name))
    except (ValueError, TypeError, AttributeError):
        return ()
    return tuple(found.parameters.values())


def sample(entry: Entry, rng: Random, own: Any, *, plain: bool) -> Call:
    """One call's arguments. `plain`: the kind that is likeliest to work.

    Raises:
        NoSampleError: nothing is known of the entry.
    """
    words = Words(rng, entry.of_torch, own)
    lines, operators = lines_of(entry.path, entry.holder, entry.name), operators_of(entry)
    if lines and (plain or not operators or rng.random() < 0.5):
        made, _, called = (lines[0] if plain else rng.choice(lines)).partition("|")
        inputs, named = evaluate(called, words)
        return _with_self(entry, Call(*evaluate(made, words), inputs, named), words)
    if entry.way is Way.LAYER:
        return _of_layer(entry, rng)
    if entry.way is Way.OPTIMIZER:
        return _of_optimizer(entry, rng)
    if operators and (plain or rng.random() < 0.8):
        return _of_database(rng.choice(operators), rng, plain)
    if schemas := schemas_of(entry):
        return _of_schema(schemas[0] if plain else rng.choice(schemas), words, rng)
    return _with_self(entry, _of_signature(entry, words), words)


def _with_self(entry: Entry, call: Call, words: Words) -> Call:
    """The call with the object that a method is called on, where the line leaves it out."""
    if entry.way is Way.METHOD and entry.holder in SELVES:
        call.args.insert(0, evaluate(SELVES[entry.holder], words)[0][0])
    elif not call.args and entry.way is Way.METHOD:
        call.args.append(words["m"])
    return call


def _of_database(number: int, rng: Random, plain: bool) -> Call:
    info = op_db[number]
    dtypes = [each for each in _DTYPES if each in info.supported_dtypes("cpu")]
    dtype = dtypes[0] if plain or rng.random() < 0.4 else rng.choice(dtypes)
    if not plain and info.error_inputs_func is not None and rng.random() < 0.05:
        found = rng.choice(_errors_of(number))
    else:
        full, thin = _samples_of(number, dtype)
        some = full if full and (plain or not thin or rng.random() < 0.9) else thin
        found = some[0] if plain and rng.random() < 0.5 else rng.choice(some)
    args, options = copied(((found.input, *found.args), found.kwargs))
    return Call(list(args), options)


@functools.cache
def _errors_of(number: int) -> list[Any]:
    info = op_db[number]
    _seed_for(info)
    return [each.sample_input for each in info.error_inputs_func(info, "cpu")]


@functools.cache
def _samples_of(number: int, dtype: torch.dtype) -> tuple[list[Any], list[Any]]:
    """Samples whose first tensor has several elements, and the others. The same in each process."""
    info = op_db[number]
    _seed_for(info)
    found = list(itertools.islice(info.sample_inputs_func(info, "cpu", dtype, False), _MOST))
    thin = [
        each for each in found if isinstance(each.input, torch.Tensor) and each.input.numel() < 2
    ]
    known = {id(each) for each in thin}
    return [each for each in found if id(each) not in known], thin


def _seed_for(info: Any) -> None:
    seed = Random(info.name + info.variant_test_name).getrandbits(32)
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


def copied(value: Any) -> Any:
    """A sample is used again: a case may write to its tensors."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)([copied(each) for each in value])
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return value


def _of_schema(schema: Any, words: Words, rng: Random) -> Call:
    args, options = [], {}
    for each in schema.arguments:
        kind = str(each.type)
        if each.has_default_value() and not (each.is_out and rng.random() < 0.3):
            continue
        if kind not in _SCHEMA_WORDS:
            raise NoSampleError(f"a {kind}")
        value = evaluate(_SCHEMA_WORDS[kind], words)[0][0]
        if each.kwarg_only:
            options[each.name] = value
        else:
            args.append(value)
    return Call(args, options)


def _of_signature(entry: Entry, words: Words) -> Call:
    parameters = signature_of(entry)
    if not parameters and entry.way is not Way.METHOD:
        raise NoSampleError("no signature")
    args = []
    for each in parameters:
        if each.default is not each.empty or each.kind is each.KEYWORD_ONLY:
            continue
        if each.name == "self" and entry.holder in SELVES:
            continue
        if each.name not in PARAMETERS:
            if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD):
                continue
            raise NoSampleError(f"a parameter '{each.name}'")
        args.append(evaluate(PARAMETERS[each.name], words)[0][0])
    return Call(args, {})


@functools.cache
def _layers() -> dict[type, Any]:
    return {each.module_cls: each for each in module_db}


def _of_layer(entry: Entry, rng: Random) -> Call:
    info = _layers().get(getattr(torch.nn, entry.name))
    if info is None:
        raise NoSampleError("not in torch's database of modules")
    training = rng.random() < 0.5
    found = rng.choice(
        list(
            info.module_inputs_func(
                info, device="cpu", dtype=torch.float32, requires_grad=False, training=training
            )
        )
    )
    made, called = found.constructor_input, found.forward_input
    inputs = called.args if called is not None else ()
    named = called.kwargs if called is not None else {}
    return Call(list(made.args), dict(made.kwargs), list(inputs), dict(named))


@functools.cache
def _optimizers() -> dict[type, Any]:
    return {each.optim_cls: each for each in optim_db}


def _of_optimizer(entry: Entry, rng: Random) -> Call:
    info = _optimizers()[getattr(torch.optim, entry.name)]
    options = dict(rng.choice(info.optim_inputs_func(device="cpu")).kwargs)
    options.pop("differentiable", None)
    shapes = [(2, 3), (3, 3)] if entry.name == "Muon" else [(2, 3), (4,)]
    parameters = [torch.randn(shape) for shape in shapes]
    gradients = [[torch.randn(shape) for shape in shapes] for _ in range(2)]
    return Call([], options, [parameters, gradients])
