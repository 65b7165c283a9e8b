"""One case: an entry's arguments, made from its name, a seed and a number; and the call itself."""

from __future__ import annotations

import contextlib
import enum
import random
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np
import torch
from cloche_server.walls.language import AccessRefused

from .describe import describe, text
from .entries import Entry, Way
from .fence import AT_END, AT_START, OFF, Fence
from .hostile import integer, relaid, spoil, spoil_call
from .placing import place
from .recipes import DRAWS, PARAMETERS
from .samples import Call, NoSampleError, copied, sample, schemas_of, signature_of
from .technique import syntax_of
from .vocabulary import Words, evaluate

#: Cases of an entry that are made to work; those after them are hostile.
PLAIN_CASES: Final = 2
#: How often a function is called through vmap, and with an out= of its result's own shape.
_MAPPED, _WITH_OUT = 0.06, 0.08
_RATES: Final = (0.15, 0.3, 0.3, 0.5, 0.7)


Note = Callable[[str], None]


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

    def run(self, entry: Entry, seed: int, number: int, note: Note) -> Outcome:
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
        try:
            self._fence.switch(mode)
            call = placed(call, rng)
            graded = self._differentiated(entry, call, rng) if number and rng.random() < 0.5 else []
            note(describe(entry, call, graded))
            disturbance = self._disturbance(call, rng, note) if graded else None
            result = self._call(entry, call, Random(0) if plain else rng, note, plain=plain)
            touch(result)
            if disturbance is not None:
                disturbance()
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
        if plain:
            return call
        return spoil_call(call, rng, rng.choice(_RATES), self._options_of(entry, rng))

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

    def _call(self, entry: Entry, call: Call, rng: Random, note: Note, *, plain: bool) -> Any:
        names = self._namespace
        if entry.way is Way.SYNTAX:
            return syntax_of(names, entry.name)(*call.args)
        if entry.way is Way.OPTIMIZER:
            return self._optimize(entry, call, rng, note, plain=plain)
        if entry.way is Way.LAYER:
            return self._layer(entry, call, rng, note, plain=plain)
        if not plain and rng.random() < _MAPPED and _is_mappable(call):
            note("... by vmap")
            return self._mapped(entry, call)
        function = self._function(entry, call)
        if not plain and "out" not in call.options and rng.random() < _WITH_OUT:
            fitting = function(call)
            if isinstance(fitting, (torch.Tensor, np.ndarray)) and "out" in self._keywords(entry):
                out = place(spoil(copied(fitting), rng, 0.3), rng)
                note("... with a fitting out=")
                call = Call(call.args, {**call.options, "out": out})
        result = function(call)
        if isinstance(result, torch.distributions.Distribution):
            return self._draw(result, rng, note, plain=plain)
        return result

    def _draw(self, made: Any, rng: Random, note: Note, *, plain: bool) -> list[Any]:
        """Asks a distribution for all that it answers."""
        method = self._namespace["method"]
        words = Words(rng, True, self._namespace["own"])
        results: list[Any] = []
        for name, line in DRAWS:
            if line == "SAMPLE" and not results:
                continue
            args = [results[0]] if line == "SAMPLE" else evaluate(line, words)[0]
            if not plain:
                args = spoil(args, rng, 0.3)
            args = place(args, rng)
            note(f"... .{name}({text(args)})")
            # Not every distribution has every method.
            with contextlib.suppress(Exception):
                results.append(method(made, name, args, {}))
        if not results:
            raise ValueError("a distribution that answers nothing")
        return results

    def _function(self, entry: Entry, call: Call) -> Callable[[Call], Any]:
        names = self._namespace
        if entry.way is Way.METHOD:
            return lambda call: names["method"](
                call.args[0], entry.name, call.args[1:], call.options
            )
        holder = self._holder(entry.holder)
        return lambda call: names["function"](holder, entry.name, call.args, call.options)

    def _keywords(self, entry: Entry) -> set[str]:
        named = {each.name for each in signature_of(entry)}
        return named | {each.name for schema in schemas_of(entry) for each in schema.arguments}

    def _layer(self, entry: Entry, call: Call, rng: Random, note: Note, *, plain: bool) -> Any:
        """Makes a layer, changes what a technique may set of it, and calls it."""
        names = self._namespace
        made = names["function"](self._holder(entry.holder), entry.name, call.args, call.options)
        if not isinstance(made, torch.nn.Module):
            return made
        if not plain and rng.random() < 0.5:
            for name, value in _changes(made, rng):
                note(f"... with {name}={text(value)}")
                names["set_attribute"](made, name, value)
        return names["called"](made, call.inputs, call.named)

    def _optimize(self, entry: Entry, call: Call, rng: Random, note: Note, *, plain: bool) -> Any:
        """Two steps, with the optimizer's state changed between them."""
        names, (parameters, gradients) = self._namespace, call.inputs
        options = dict(call.options)
        if not plain and rng.random() < 0.5:
            options[rng.choice(("foreach", "fused", "capturable", "maximize"))] = True
        holder = self._holder(entry.holder)
        made = names["function"](holder, entry.name, [parameters, *call.args], options)
        for some in gradients:
            for parameter, gradient in zip(parameters, some, strict=True):
                names["set_attribute"](parameter, "grad", gradient)
            names["step"](made, parameters, entry.name == "LBFGS")
            for parameter, state in list(made.state.items()):
                for key, value in list(state.items()):
                    if not plain and rng.random() < 0.1:
                        worse = place(spoil(value, rng, 0.8), rng)
                        note(f"... then {key}={text(worse)}")
                        names["set_state"](made, parameter, key, worse)
        return parameters

    def _mapped(self, entry: Entry, call: Call) -> Any:
        """The call by vmap over its first tensor."""
        function = self._function(entry, call)
        first, *rest = call.args
        both = torch.stack([first, first])
        return torch.vmap(lambda each: function(Call([each, *rest], call.options)))(both)

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

    def _disturbance(self, call: Call, rng: Random, note: Note) -> Callable[[], None] | None:
        """What changes one of the call's tensors after it, unseen by torch's own count of versions.

        A numpy view has to be taken before.
        """
        tensors = tensors_in([call.args, call.inputs, call.options, call.named])
        if not tensors or rng.random() < 0.3:
            return None
        tensor, names = rng.choice(tensors), self._namespace
        with contextlib.suppress(AccessRefused, RuntimeError, TypeError):
            if rng.random() < 0.5:
                value = 1.5 if tensor.is_floating_point() else integer(rng)
                view = names["view_of"](tensor)

                def write() -> None:
                    note(f"... then all of {text(tensor)} is {value}")
                    with contextlib.suppress(AccessRefused, OverflowError, ValueError, TypeError):
                        names["written_through"](view, value)

                return write
            other = place(relaid(tensor.detach(), rng), rng)

            def set_data() -> None:
                note(f"... then {text(tensor)}.data = {text(other)}")
                with contextlib.suppress(AccessRefused, RuntimeError, TypeError):
                    names["set_data"](tensor, other)

            return set_data
        return None

    def _backward(self, result: Any, inputs: list[torch.Tensor], rng: Random, note: Note) -> None:
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


def placed(call: Call, rng: Random) -> Call:
    """The call with all of its tensors and arrays against guard pages."""
    return Call(
        place(call.args, rng), place(call.options, rng), place(call.inputs, rng),
        place(call.named, rng),
    )  # fmt: skip


def _is_mappable(call: Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], torch.Tensor)


def _changes(layer: torch.nn.Module, rng: Random) -> list[tuple[str, Any]]:
    """Parameters and counts of a layer with other values."""
    parameters = dict(layer.named_parameters(recurse=False))
    counts = {
        name: value
        for name, value in vars(layer).items()
        if not name.startswith("_") and type(value) in (int, float, tuple, bool, str)
    }
    found: list[tuple[str, Any]] = []
    for name in rng.sample(sorted(parameters), min(len(parameters), rng.randrange(3))):
        worse = place(spoil(parameters[name].detach(), rng, 0.8), rng)
        if worse.is_floating_point():
            found.append((name, torch.nn.Parameter(worse)))
    chosen = rng.sample(sorted(counts), min(len(counts), rng.randrange(2)))
    return found + [(name, spoil(counts[name], rng, 1.0)) for name in chosen]


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
