"""One case: an entry's arguments, made from its name, a seed and a number; and the call itself."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np
import torch
from cloche_server.policy import AccessRefused

from .entries import Entry, Way
from .fence import AT_END, AT_START, OFF, Fence
from .hostile import spoil, spoil_call
from .placing import place
from .recipes import PARAMETERS
from .samples import Call, NoSampleError, sample, schemas_of, signature_of
from .technique import syntax_of
from .vocabulary import Words, evaluate

#: Cases of an entry that are made to work; those after them are hostile.
PLAIN_CASES: Final = 2
_RATES: Final = (0.15, 0.3, 0.3, 0.5, 0.7)


class End(enum.IntEnum):
    COMPLETED = 0
    RAISED = 1
    REFUSED = 2


@dataclass(frozen=True)
class Outcome:
    end: End
    said: str = ""


class Driver:
    """Runs cases in this process: meant for a fork of it."""

    def __init__(self, namespace: dict[str, Any], fence: Fence) -> None:
        self._namespace = namespace
        self._fence = fence
        self._facades = {name: namespace[name] for name in ("torch", "numpy")}

    def run(self, entry: Entry, seed: int, number: int, note: Callable[[str], None]) -> Outcome:
        """Drives one case. `note` is told what is about to be called.

        Raises:
            NoSampleError: nothing is known of the entry.
        """
        rng = Random(f"{entry.path}/{entry.way.name}/{seed}/{number}")
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        # Not torch.manual_seed: for devices that are not there it keeps the stack as text.
        torch.default_generator.manual_seed(rng.getrandbits(32))
        np.random.seed(rng.getrandbits(32))
        random.seed(rng.getrandbits(32))
        plain = number < PLAIN_CASES
        note(f"{entry.path}: making arguments")
        try:
            call = self._arguments(entry, rng, plain=plain)
        except NoSampleError:
            raise
        except Exception as error:
            raise NoSampleError(f"{type(error).__name__}: {error}") from error
        mode = rng.choice((AT_END, AT_START)) if self._fence.there else OFF
        graded = self._differentiated(entry, call, rng) if number and rng.random() < 0.4 else []
        note(describe(entry, call, graded))
        try:
            self._fence.switch(mode)
            result = self._call(entry, call, rng if not plain else None)
            touch(result)
            if graded:
                self._backward(result, graded, rng, note)
        except AccessRefused as error:
            return Outcome(End.REFUSED, str(error))
        except Exception as error:
            return Outcome(End.RAISED, f"{type(error).__name__}: {error}")
        finally:
            self._fence.switch(OFF)
        return Outcome(End.COMPLETED)

    def _arguments(self, entry: Entry, rng: Random, *, plain: bool) -> Call:
        call = sample(entry, rng, self._namespace["own"], plain=plain)
        if not plain:
            call = spoil_call(call, rng, rng.choice(_RATES), self._options_of(entry, rng))
        return Call(
            place(call.args, rng), place(call.options, rng), place(call.inputs, rng),
            place(call.named, rng),
        )  # fmt: skip

    def _options_of(self, entry: Entry, rng: Random) -> dict[str, Any]:
        """A few keywords that the entry takes."""
        words = Words(rng, entry.of_torch, self._namespace["own"])
        found: dict[str, Any] = {}
        for schema in schemas_of(entry):
            for each in schema.arguments:
                line = "m" if each.is_out else _OPTIONS_BY_TYPE.get(str(each.type))
                if line and (each.kwarg_only or each.has_default_value()):
                    found[each.name] = line
        for parameter in signature_of(entry):
            line = _OPTIONS.get(parameter.name) or PARAMETERS.get(parameter.name)
            if line and parameter.default is not parameter.empty:
                found[parameter.name] = line
        names = sorted(found)
        chosen = rng.sample(names, min(len(names), 3))
        return {name: evaluate(found[name], words)[0][0] for name in chosen}

    def _call(self, entry: Entry, call: Call, rng: Random | None) -> Any:
        names = self._namespace
        if entry.way is Way.SYNTAX:
            return syntax_of(names, entry.name)(*call.args)
        if entry.way is Way.OPTIMIZER:
            made = names["optimizer"]
            return made(entry.name, *call.inputs, call.args, call.options)
        if entry.way is Way.METHOD:
            value, *args = call.args
            if rng is not None and rng.random() < 0.06 and isinstance(value, torch.Tensor):
                return self._mapped(entry, call)
            return names["method"](value, entry.name, args, call.options)
        holder = self._holder(entry.holder)
        if entry.way is Way.LAYER and not (call.inputs or call.named):
            return names["function"](holder, entry.name, call.args, call.options)
        if entry.way is Way.LAYER:
            layer = names["layer"]
            return layer(holder, entry.name, call.args, call.options, call.inputs, call.named)
        if rng is not None and rng.random() < 0.06 and entry.of_torch:
            return self._mapped(entry, call)
        return names["function"](holder, entry.name, call.args, call.options)

    def _mapped(self, entry: Entry, call: Call) -> Any:
        """The call by vmap over its first tensor."""
        first, *rest = call.args
        holder = None if entry.way is Way.METHOD else self._holder(entry.holder)
        names = self._namespace

        def run(tensor: torch.Tensor) -> Any:
            if holder is None:
                return names["method"](tensor, entry.name, rest, call.options)
            return names["function"](holder, entry.name, [tensor, *rest], call.options)

        return torch.vmap(run)(torch.stack([first, first]))

    def _holder(self, path: str) -> Any:
        library, *parts = path.split(".")
        holder = self._facades[library]
        for part in parts:
            found = getattr(holder, "members", {}).get(part)
            holder = found if found is not None else getattr(holder, part)
        return holder

    # Derivatives

    def _differentiated(self, entry: Entry, call: Call, rng: Random) -> list[torch.Tensor]:
        """Lets some of the call's tensors have derivatives; not what is written to in place."""
        found = []
        args = call.args[1:] if entry.in_place else call.args
        for each in tensors_in([args, call.inputs, call.options, call.named]):
            if (each.is_floating_point() or each.is_complex()) and each.is_leaf:
                try:
                    each.requires_grad_()
                except RuntimeError:
                    continue
                found.append(each)
        return found

    def _backward(
        self, result: Any, inputs: list[torch.Tensor], rng: Random, note: Callable[[str], None]
    ) -> None:
        outputs = [each for each in tensors_in(result) if each.requires_grad]
        if not outputs:
            return
        note("... then backward")
        gradients = []
        for each in outputs:
            gradient = torch.ones_like(each)
            turn = rng.randrange(4)
            if turn == 0:
                gradient = gradient[:1].expand(each.shape) if each.dim() else gradient
            elif turn == 1:
                gradient = place(spoil(gradient, rng, 0.5), rng)
            gradients.append(gradient)
        touch(self._namespace["backward"](outputs, gradients, inputs))


_OPTIONS: Final = {
    "out": "m", "where": "b2", "dtype": "dt", "casting": "'unsafe'", "order": "'F'",
    "keepdims": "flag", "mode": "'wrap'", "size": "sh", "initial": "s", "minlength": "k",
    "axes": "[0]", "kind": "'stable'", "sorter": "i", "side": "'right'", "ddof": "k",
}  # fmt: skip
_OPTIONS_BY_TYPE: Final = {
    "Optional[int]": "n", "int": "n", "Optional[number]": "s", "number": "s", "bool": "flag",
    "Optional[Tensor]": "m", "Optional[float]": "h", "float": "h", "Optional[ScalarType]": "dt",
    "Optional[List[int]]": "list(sh)", "List[int]": "list(sh)",
}  # fmt: skip


def tensors_in(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [found for each in value for found in tensors_in(each)]
    return []


def touch(value: Any) -> None:
    """Reads all of a result: a view past its memory is met here."""
    if isinstance(value, torch.Tensor):
        if value.layout is torch.strided and value.numel() <= 1 << 22:
            value.detach().clone()
    elif isinstance(value, np.ndarray):
        if value.size <= 1 << 22:
            value.copy()
    elif isinstance(value, dict):
        touch(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            touch(each)


def describe(entry: Entry, call: Call, graded: list[torch.Tensor]) -> str:
    """The call as a line of text."""
    given = [_text(each) for each in call.args]
    given += [f"{key}={_text(each)}" for key, each in call.options.items()]
    line = f"{entry.path}({', '.join(given)})"
    if call.inputs or call.named:
        given = [_text(each) for each in call.inputs]
        given += [f"{key}={_text(each)}" for key, each in call.named.items()]
        line += f"({', '.join(given)})"
    return line + (", with derivatives" if graded else "")


def _text(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        stride = "" if value.is_contiguous() else f" stride {tuple(value.stride())}"
        kind = str(value.dtype).removeprefix("torch.")
        return f"<{kind} {tuple(value.shape)}{stride}{_values(value)}>"
    if isinstance(value, np.ndarray):
        stride = "" if value.flags.c_contiguous else f" strides {value.strides}"
        return f"<{value.dtype} array {value.shape}{stride}{_values(value)}>"
    if type(value) in (list, tuple):
        inner = ", ".join(_text(each) for each in value[:8])
        more = ", ..." if len(value) > 8 else ""
        return f"[{inner}{more}]" if type(value) is list else f"({inner}{more})"
    return repr(value)[:200]


def _values(value: Any) -> str:
    """All values of a small tensor or array; of a larger one those that stand out."""
    if isinstance(value, torch.Tensor):
        if value.layout is not torch.strided:
            return ""
        value = value.detach()
        if value.is_floating_point():
            value = value.double()  # numpy has not all of torch's types
        value = value.reshape(-1).resolve_conj().resolve_neg().numpy()
    if value.size <= 12 or value.dtype.kind not in "iufc":
        return f" {value.tolist()}" if value.size <= 12 else ""
    if value.dtype.kind == "c":
        value = value.real
    counts = np.count_nonzero(np.isnan(value)) if value.dtype.kind == "f" else 0
    return f" from {value.min()} to {value.max()}" + (f", {counts} NaN" if counts else "")
