"""Closes kernels of torch that trust what they are told about memory.

torch checks indices and shapes nearly everywhere. Where it does not, or where it walks a list
while code of the technique can change that list, the library's own entry is replaced, so that no
way to it is left: not through a layer, not through `map`. Each replacement names what it stops.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .copies import private

_replaced: list[tuple[Any, str, Any]] = []


def _replaces(holder: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(holder, name)
    if hasattr(original, "hardened"):
        return
    replacement = make(original)
    functools.update_wrapper(replacement, original, ("__name__", "__qualname__", "__doc__"), ())
    replacement.hardened = True
    _replaced.append((holder, name, original))
    setattr(holder, name, replacement)


def soften_kernels() -> None:
    """Puts back what was replaced: for tests that show what torch does by itself."""
    while _replaced:
        holder, name, original = _replaced.pop()
        setattr(holder, name, original)


def _harden_sequences() -> None:
    """torch.tensor([a, b]) walks a list whose items call back. So does t[[a, b]]: see items.py."""
    import torch

    def make(original: Any) -> Any:
        def from_data(data: Any = None, /, *args: Any, **options: Any) -> Any:
            if "data" in options or "obj" in options:
                options = {key: private(value) for key, value in options.items()}
                return original(*args, **options)
            return original(private(data), *args, **options)

        return from_data

    def make_method(original: Any) -> Any:
        def new_tensor(self: Any, data: Any, /, *args: Any, **options: Any) -> Any:
            return original(self, private(data), *args, **options)

        return new_tensor

    for name in ("tensor", "as_tensor", "asarray"):
        _replaces(torch, name, make)
    _replaces(torch.Tensor, "new_tensor", make_method)


def _harden_embedding() -> None:
    """The gradient counts rows at unchecked indices, or keeps the caller's indices unchecked."""
    import torch

    def make(original: Any) -> Any:
        def embedding(
            weight: Any, indices: Any, padding_idx: int = -1,
            scale_grad_by_freq: bool = False, sparse: bool = False,
        ) -> Any:  # fmt: skip
            if scale_grad_by_freq or sparse:
                raise RuntimeError("embedding: scale_grad_by_freq and sparse are not available")
            return original(weight, indices, padding_idx, False, False)

        return embedding

    _replaces(torch, "embedding", make)


def _harden_losses() -> None:
    """The gradient of a loss goes where the target says, unchecked: torch keeps a copy of it."""
    from torch.nn import functional

    def make(original: Any) -> Any:
        def loss(input: Any, target: Any, *args: Any, **options: Any) -> Any:  # noqa: A002
            return original(input, target.clone(), *args, **options)

        return loss

    for name in ("cross_entropy", "nll_loss"):
        _replaces(functional, name, make)


def _harden_pooling() -> None:
    """The gradient goes where the returned indices say, unchecked: the caller gets copies."""
    import torch

    def make(original: Any) -> Any:
        def max_pool1d_with_indices(*args: Any, **options: Any) -> Any:
            values, indices = original(*args, **options)
            return values, indices.clone()

        return max_pool1d_with_indices

    _replaces(torch, "max_pool1d_with_indices", make)


def _harden_fused() -> None:
    """Fused steps believe that an optimizer's state has the parameters' sizes."""
    import torch

    def make(original: Any) -> Any:
        def fused(*args: Any, **options: Any) -> Any:
            raise RuntimeError("fused optimizers are not available; leave out fused=True")

        return fused

    for name in ("_fused_adam_", "_fused_adamw_", "_fused_sgd_", "_fused_adagrad_"):
        _replaces(torch, name, make)


def _harden_recurrent() -> None:
    """oneDNN's recurrent kernels believe that weights have the layer's sizes; ATen's look."""
    import torch
    from torch import _VF

    def make(original: Any) -> Any:
        def recurrent(*args: Any, **options: Any) -> Any:
            with torch.backends.mkldnn.flags(enabled=False):
                return original(*args, **options)

        return recurrent

    _replaces(_VF, "lstm", make)


def _harden_attention() -> None:
    """The flash kernel for CPUs believes that keys, values and mask fit each other."""
    from torch.nn import functional

    def make(original: Any) -> Any:
        def scaled_dot_product_attention(
            query: Any, key: Any, value: Any, attn_mask: Any = None, *args: Any, **options: Any
        ) -> Any:
            if key.shape[:-1] != value.shape[:-1] or query.shape[-1] != key.shape[-1]:
                raise RuntimeError(
                    f"attention: shapes {tuple(query.shape)}, {tuple(key.shape)} and "
                    f"{tuple(value.shape)} do not fit"
                )
            if attn_mask is not None:
                attn_mask.expand(*query.shape[:-1], key.shape[-2])
            return original(query, key, value, attn_mask, *args, **options)

        return scaled_dot_product_attention

    _replaces(functional, "scaled_dot_product_attention", make)


def _harden_interpolation() -> None:
    """The factors are read through a bare pointer, each by its own `__float__`."""
    from torch.nn import functional

    def make(original: Any) -> Any:
        def interpolate(
            input: Any, size: Any = None, scale_factor: Any = None,  # noqa: A002
            *args: Any, **options: Any,
        ) -> Any:  # fmt: skip
            return original(input, private(size), private(scale_factor), *args, **options)

        return interpolate

    _replaces(functional, "interpolate", make)


def _harden_generator() -> None:
    """torch believes the position that a saved state claims, and reads numbers past its table."""
    import torch

    def make(original: Any) -> Any:
        def set_rng_state(new_state: Any) -> None:
            state = new_state.detach().cpu().clone()
            if state.dtype == torch.uint8 and state.numel() >= _STATE_WORDS * 8:
                words = state[: _STATE_WORDS * 8].view(torch.int32)
                left, position = int(words[2]), int(words[4])
                if not 1 <= left <= _TABLE or not 0 <= position <= _TABLE - left + 1:
                    raise RuntimeError("this is not a state that get_rng_state() returned")
            original(state)

        return set_rng_state

    for module in (torch, torch.random):
        _replaces(module, "set_rng_state", make)


#: Words in torch's Mersenne twister, and in the head of its saved state.
_TABLE = 624
_STATE_WORDS = 3


def _harden_swaps() -> None:
    """`functional_call` sets any attribute of a module, if the module has none of that name."""
    from torch.nn.utils import _named_member_accessor as accessor

    def make(original: Any) -> Any:
        def swap_tensor(module: Any, name: Any, tensor: Any, allow_missing: bool = False) -> Any:
            held = object.__getattribute__(module, "__dict__")
            # Exactly str: a subclass could be found under another name than it shows.
            if type(name) is not str or not any(
                name in held[each] for each in ("_parameters", "_buffers")
            ):
                raise KeyError(f"the module has no parameter and no buffer named {name!r}")
            return original(module, name, tensor, allow_missing)

        return swap_tensor

    _replaces(accessor, "swap_tensor", make)


def _harden_encoder() -> None:
    """An encoder packs what is not padding into a nested tensor, which hooks of its layers meet.

    Methods that are listed for dense tensors reach past its memory.
    """
    from torch import nn

    def make(original: Any) -> Any:
        def forward(self: Any, *args: Any, **options: Any) -> Any:
            object.__getattribute__(self, "__dict__")["use_nested_tensor"] = False
            return original(self, *args, **options)

        return forward

    _replaces(nn.TransformerEncoder, "forward", make)


def harden_kernels() -> None:
    """Idempotent."""
    from torch.utils import _device

    # `with torch.device(...)` knows constructors by identity, from a set made at first use. Made
    # now, it holds the originals, which the replacements call: a model loaded later is whole.
    _device._device_constructors()
    _harden_sequences()
    _harden_embedding()
    _harden_losses()
    _harden_pooling()
    _harden_fused()
    _harden_recurrent()
    _harden_attention()
    _harden_interpolation()
    _harden_generator()
    _harden_swaps()
    _harden_encoder()
