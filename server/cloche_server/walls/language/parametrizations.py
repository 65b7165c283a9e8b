"""`torch.nn.utils.parametrize` without new classes: a layer answers a weight that is computed.

torch's own puts a property into a class that it makes for each layer, which no row can name, and
gives tensors other memory by `set_`. Here the layer keeps its class: `Module.__getattr__` is asked
for what a layer lacks, and finds what is parametrized among its modules, under the names that
torch uses. What comes out is looked at: real layers meet tensors alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import torch
from torch import nn

from .kernels import replaces
from .slots import class_name, mro_of

_HELD: Final = "parametrizations"


class ParametrizationList(nn.ModuleList):
    """The steps from what is trained, `original`, to what the layer sees."""

    def __init__(self, step: nn.Module, old: Any, unsafe: bool) -> None:
        super().__init__([step])
        self.unsafe = unsafe
        self.count = 0
        self._is_parameter = isinstance(old, nn.Parameter)
        self._like = old.detach()
        self.take(old)
        if not unsafe:
            self._check(self.forward())

    def take(self, value: Any) -> None:
        """Makes what is trained out of what the layer shall see, by each step's `right_inverse`."""
        with torch.no_grad():
            for step in reversed([*self]):
                if hasattr(step, "right_inverse"):
                    with contextlib.suppress(NotImplementedError):
                        value = step.right_inverse(value)
        single = _is_tensor(value)
        if not single and type(value) not in (tuple, list):
            raise ValueError("'right_inverse' must return a tensor or a sequence of tensors")
        values = [value] if single else list(value)
        if self.count and len(values) != self.count:
            raise ValueError(f"'right_inverse' must return {self.count} tensors")
        self.count = len(values)
        for name, each in zip(self._names(single), values, strict=True):
            _check_tensor(each, "'right_inverse'")
            self._put(name, each)

    def _names(self, single: bool) -> list[str]:
        return ["original"] if single else [f"original{n}" for n in range(self.count)]

    def _put(self, name: str, value: Any) -> None:
        old = {**self._parameters, **self._buffers}.get(name)
        if old is not None and old.shape == value.shape:
            with torch.no_grad():
                old.copy_(value)  # an optimizer may have it already
        elif not self._is_parameter:
            self.register_buffer(name, value.detach())
        elif isinstance(value, nn.Parameter):
            self.register_parameter(name, value)
        else:
            self.register_parameter(name, nn.Parameter(value, self._like_requires_grad()))

    def _like_requires_grad(self) -> bool:
        return bool(self._like.is_floating_point() or self._like.is_complex())

    def originals(self) -> list[Any]:
        single = "original" in self._parameters or "original" in self._buffers
        return [getattr(self, name) for name in self._names(single)]

    def forward(self) -> Any:
        steps = [*self]
        found = steps[0](*self.originals())
        for step in steps[1:]:
            found = step(found)
        _check_tensor(found, "a parametrization")
        return found

    def seen(self) -> Any:
        """What the layer sees: computed anew, but within `cached()`."""
        if not _CACHED.depth:
            return self._checked()
        if id(self) not in _CACHED.kept:
            _CACHED.kept[id(self)] = (self, self._checked())
        return _CACHED.kept[id(self)][1]

    def _checked(self) -> Any:
        found = self.forward()
        if not self.unsafe:
            self._check(found)
        return found

    def _check(self, found: Any) -> None:
        for what in ("dtype", "shape"):
            old, new = getattr(self._like, what), getattr(found, what)
            if old != new:
                raise ValueError(
                    f"a parametrization may not change the {what} of the tensor, unless `unsafe` is"
                    f" given: {old} became {new}"
                )


class _Cached:
    """Values that are kept until the outermost `cached()` ends; ids stay, as it holds the steps."""

    def __init__(self) -> None:
        self.depth = 0
        self.kept: dict[int, tuple[ParametrizationList, Any]] = {}


_CACHED: Final = _Cached()


@contextlib.contextmanager
def cached() -> Iterator[None]:
    _CACHED.depth += 1
    try:
        yield
    finally:
        _CACHED.depth -= 1
        if not _CACHED.depth:
            _CACHED.kept.clear()


def register_parametrization(
    module: Any, tensor_name: Any, parametrization: Any, *, unsafe: Any = False
) -> Any:
    _check_module(module)
    _check_module(parametrization)
    _check_name(tensor_name)
    parametrization.train(module.training)
    known = held(module, tensor_name)
    if known is not None:
        known.append(parametrization)
        known.unsafe = known.unsafe or unsafe is True
        return module
    registers = (vars(module)["_parameters"], vars(module)["_buffers"])
    found = next((each[tensor_name] for each in registers if tensor_name in each), None)
    if not _is_tensor(found):
        raise ValueError(
            f"a '{class_name(type(module))}' has no parameter or buffer named '{tensor_name}'"
        )
    steps = ParametrizationList(parametrization, found, unsafe is True)
    nn.Module.__delattr__(module, tensor_name)
    modules = vars(module)["_modules"]
    if _HELD not in modules:
        nn.Module.__setattr__(module, _HELD, nn.ModuleDict())
    modules[_HELD].add_module(tensor_name, steps)
    return module


def is_parametrized(module: Any, tensor_name: Any = None) -> bool:
    _check_module(module)
    if tensor_name is None:
        return _HELD in vars(module)["_modules"]
    return held(module, tensor_name) is not None


def remove_parametrizations(module: Any, tensor_name: Any, leave_parametrized: Any = True) -> Any:
    _check_module(module)
    steps = held(module, tensor_name)
    if steps is None:
        raise ValueError(f"a '{class_name(type(module))}' has no parametrization on {tensor_name}")
    originals = steps.originals()
    value = originals[0]
    if leave_parametrized:
        with torch.no_grad():
            seen = steps.seen().clone()
            if len(originals) == 1 and value.shape == seen.shape:
                value.copy_(seen)  # an optimizer may have it already
            else:
                value = nn.Parameter(seen) if isinstance(value, nn.Parameter) else seen
    elif len(originals) > 1:
        raise ValueError("leave_parametrized=False: the tensor is made of several")
    modules = vars(module)["_modules"]
    del modules[_HELD][tensor_name]
    if not len(modules[_HELD]):
        del modules[_HELD]
    if isinstance(value, nn.Parameter):
        module.register_parameter(tensor_name, value)
    else:
        module.register_buffer(tensor_name, value)
    return module


def held(module: Any, name: Any) -> ParametrizationList | None:
    """What computes the layer's tensor of that name; None where nothing does."""
    all_steps = vars(module).get("_modules", {}).get(_HELD)
    if type(all_steps) is not nn.ModuleDict:
        return None
    found = vars(all_steps)["_modules"].get(name)
    return found if type(found) is ParametrizationList else None


def _is_tensor(value: Any) -> bool:
    return torch.Tensor in mro_of(type(value))


def _check_tensor(value: Any, who: str) -> None:
    if not _is_tensor(value):
        raise ValueError(f"{who} must return a tensor, not a '{class_name(type(value))}'")


def _check_module(value: Any) -> None:
    if nn.Module not in mro_of(type(value)):
        raise TypeError(f"a module is wanted here, not a '{class_name(type(value))}'")


def _check_name(name: Any) -> None:
    if type(name) is not str:
        raise TypeError("the name of a tensor must be exactly a str")


def harden_parametrizations() -> None:
    """Layers take back what is parametrized: what is assigned goes to what is trained. Idempotent.

    That they answer it is in `hardening.py`, where `Module.__getattr__` is.
    """

    def make(original: Any) -> Any:
        def __setattr__(self: Any, name: str, value: Any) -> None:  # noqa: N807
            steps = held(self, name)
            if steps is None:
                original(self, name, value)
            else:
                _check_tensor(value, "what is assigned")
                steps.take(value)

        return __setattr__

    replaces(nn.Module, "__setattr__", make)
