"""Closes kernels of torch that trust what they are told about memory.

torch checks indices and shapes nearly everywhere. Where it does not, or where it walks a list
while code of the technique can change that list, the library's own entry is replaced, so that no
way to it is left: not through a layer, not through `map`. Each replacement names what it stops.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .bounds import ELEMENTS, LIMIT
from .copies import private
from .slots import data_of

_replaced: list[tuple[Any, str, Any]] = []


def replaces(holder: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Puts `make(original)` in the place of a library's own entry, which may be missing."""
    original = getattr(holder, name, None)
    if hasattr(original, "hardened"):
        return
    replacement = make(original)
    if original is not None:
        functools.update_wrapper(replacement, original, ("__name__", "__qualname__", "__doc__"), ())
    replacement.hardened = True
    _replaced.append((holder, name, original))
    setattr(holder, name, replacement)


def soften_kernels() -> None:
    """Puts back what was replaced: for tests that show what torch does by itself."""
    while _replaced:
        put_back(*_replaced.pop())


def put_back(holder: Any, name: str, original: Any) -> None:
    if original is None:
        delattr(holder, name)
    else:
        setattr(holder, name, original)


def _harden_sequences() -> None:
    """torch.tensor([a, b]) walks a list whose items call back. So does t[[a, b]]: see items.py.

    as_tensor and asarray make tensors over the memory of arrays, and of `bytes` that never change.
    """
    import torch

    def make(original: Any) -> Any:
        def from_data(data: Any = None, /, *args: Any, **options: Any) -> Any:
            if "data" in options or "obj" in options:
                options = {key: private(value) for key, value in options.items()}
                data = options.pop("data" if "data" in options else "obj")
                made = original(data, *args, **options)
            else:
                data = private(data)
                made = original(data, *args, **options)
            own = type(data) in (list, tuple) or isinstance(data, torch.Tensor)
            return made if own or original is tensor else made.clone()

        return from_data

    tensor = torch.tensor

    def make_method(original: Any) -> Any:
        def new_tensor(self: Any, data: Any, /, *args: Any, **options: Any) -> Any:
            return original(self, private(data), *args, **options)

        return new_tensor

    for name in ("tensor", "as_tensor", "asarray"):
        replaces(torch, name, make)
    replaces(torch.Tensor, "new_tensor", make_method)


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

    replaces(torch, "embedding", make)


def _harden_losses() -> None:
    """The gradient of a loss goes where the target says, unchecked: torch keeps a copy of it."""
    from torch.nn import functional

    def make(original: Any) -> Any:
        def loss(input: Any, target: Any, *args: Any, **options: Any) -> Any:  # noqa: A002
            return original(input, target.clone(), *args, **options)

        return loss

    for name in ("cross_entropy", "nll_loss"):
        replaces(functional, name, make)


def _harden_pooling() -> None:
    """The gradient goes where the returned indices say, unchecked: the caller gets copies."""
    import torch

    def make(original: Any) -> Any:
        def max_pool1d_with_indices(*args: Any, **options: Any) -> Any:
            values, indices = original(*args, **options)
            return values, indices.clone()

        return max_pool1d_with_indices

    replaces(torch, "max_pool1d_with_indices", make)


def _harden_fused() -> None:
    """Fused steps believe that an optimizer's state has the parameters' sizes."""
    import torch

    def make(original: Any) -> Any:
        def fused(*args: Any, **options: Any) -> Any:
            raise RuntimeError("fused optimizers are not available; leave out fused=True")

        return fused

    for name in ("_fused_adam_", "_fused_adamw_", "_fused_sgd_", "_fused_adagrad_"):
        replaces(torch, name, make)


def _harden_recurrent() -> None:
    """oneDNN's recurrent kernels believe that weights have the layer's sizes; ATen's look."""
    import torch
    from torch import _VF

    def make(original: Any) -> Any:
        def recurrent(*args: Any, **options: Any) -> Any:
            with torch.backends.mkldnn.flags(enabled=False):
                return original(*args, **options)

        return recurrent

    replaces(_VF, "lstm", make)


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

    replaces(functional, "scaled_dot_product_attention", make)


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

    replaces(functional, "interpolate", make)


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
        replaces(module, "set_rng_state", make)


def _harden_repeats() -> None:
    """Counts are added up without a look, and a sum that is told is believed."""
    import torch

    def make(original: Any) -> Any:
        def repeat_interleave(
            input: Any, repeats: Any = None, dim: Any = None, *,  # noqa: A002
            output_size: Any = None,
        ) -> Any:  # fmt: skip
            counts = input if repeats is None else repeats
            if isinstance(counts, torch.Tensor) and counts.numel():
                _check_counts(counts, 1 if repeats is None else input.numel())
            made = original(input) if repeats is None else original(input, repeats, dim)
            # The sum is taken anyway: what is told is only compared.
            if output_size is not None and made.shape[dim or 0] != output_size:
                raise RuntimeError(
                    f"repeat_interleave: output_size is {output_size}, but the repeats add up to"
                    f" {made.shape[dim or 0]}"
                )
            return made

        return repeat_interleave

    replaces(torch, "repeat_interleave", make)
    replaces(torch.Tensor, "repeat_interleave", make)


def _check_counts(counts: Any, times: int) -> None:
    import torch

    plain = _unwrapped(counts)
    low, high = torch.aminmax(plain)
    total = float(plain.sum(dtype=torch.float64)) * (times if plain.numel() == 1 else 1)
    if int(low) < 0 or int(high) >= LIMIT or total >= ELEMENTS:
        raise RuntimeError("repeat_interleave: repeats lie within 0 and 2**31, and their sum 2**40")


def _unwrapped(tensor: Any) -> Any:
    """The tensor inside those of vmap and grad, whose numbers may be read."""
    from torch._C import _functorch

    while _functorch.is_functorch_wrapped_tensor(tensor):
        tensor = _functorch.get_unwrapped(tensor)
    return tensor.detach()


def _harden_histogram() -> None:
    """A bin's number is computed in the values' own type, and may round up past the last bin."""
    import torch

    exact = {torch.bfloat16: 2**8, torch.float16: 2**11, torch.float32: 2**24}

    def make(original: Any) -> Any:
        def histc(input: Any, bins: Any = 100, *args: Any, **options: Any) -> Any:  # noqa: A002
            if bins <= exact.get(input.dtype, LIMIT):
                return original(input, bins, *args, **options)
            return original(input.double(), bins, *args, **options).to(input.dtype)

        return histc

    replaces(torch, "histc", make)
    replaces(torch.Tensor, "histc", make)


def _harden_eigenvalues() -> None:
    """LAPACK's search for eigenvalues goes by comparisons, which NaN leads out of the matrix.

    So do numbers whose squares overflow: it makes NaN of them by itself.
    """
    import torch
    from torch._C import _LinAlgError as LinAlgError  # type: ignore[attr-defined]

    def make(original: Any) -> Any:
        def eigen(A: Any, **options: Any) -> Any:  # noqa: N803
            matrix = _unwrapped(A)
            if matrix.is_floating_point() or matrix.is_complex():
                largest = torch.finfo(matrix.dtype).max ** 0.5
                # Of NaN, no comparison is true.
                if not (matrix.abs() <= largest).all():
                    raise LinAlgError(
                        "eigenvalues of a matrix that holds NaN, infinity or a number beyond "
                        f"{largest:.0e}: see torch.isfinite(A), or scale it"
                    )
            return original(A, **options)

        return eigen

    for name in ("eig", "eigvals"):
        replaces(torch.linalg, name, make)


def _harden_division() -> None:
    """The processor traps on the smallest integer divided by -1, which ends the process.

    Divided by 1 instead, with the sign on the other side, it wraps around as it does in numpy.
    What rounds towards the floor looks by itself.
    """
    import torch

    def make(original: Any) -> Any:
        def divide(input: Any, other: Any, *, rounding_mode: Any = None, **options: Any) -> Any:  # noqa: A002
            if rounding_mode == "trunc":
                input, other = _by_positive(input, other)  # noqa: A001
            return original(input, other, rounding_mode=rounding_mode, **options)

        return divide

    def make_in_place(original: Any) -> Any:
        def divide_(self: Any, other: Any, *, rounding_mode: Any = None) -> Any:
            if rounding_mode == "trunc":
                dividend, other = _by_positive(self, other)
                self.copy_(dividend)
            return original(self, other, rounding_mode=rounding_mode)

        return divide_

    for name in ("div", "divide"):
        replaces(torch, name, make)
        replaces(torch.Tensor, name, make)
        replaces(torch.Tensor, f"{name}_", make_in_place)


def _by_positive(dividend: Any, divisor: Any) -> tuple[Any, Any]:
    """The same quotient, with no -1 below."""
    import torch

    if torch.result_type(dividend, divisor).is_floating_point:
        return dividend, divisor
    minus = divisor == -1
    if not isinstance(divisor, torch.Tensor):
        return (dividend * -1, 1) if minus else (dividend, divisor)
    return torch.where(minus, dividend * -1, dividend), torch.where(minus, 1, divisor)


def _harden_multiples() -> None:
    """The same: a greatest common divisor of the smallest integer may come out as -1."""
    import torch

    def make(original: Any) -> Any:
        def lcm(input: Any, other: Any) -> Any:  # noqa: A002
            common = torch.gcd(input, other)
            common = torch.where((common == 0) | (common == -1), 1, common)
            return (torch.div(input, common, rounding_mode="trunc") * other).abs()

        return lcm

    def make_in_place(original: Any) -> Any:
        def lcm_(self: Any, other: Any) -> Any:
            return self.copy_(torch.lcm(self, other))

        return lcm_

    replaces(torch, "lcm", make)
    replaces(torch.Tensor, "lcm", make)
    replaces(torch.Tensor, "lcm_", make_in_place)


#: Words in torch's Mersenne twister, and in the head of its saved state.
_TABLE = 624
_STATE_WORDS = 3


def _harden_swaps() -> None:
    """`functional_call` sets any attribute of a module, if the module has none of that name."""
    from torch.nn.utils import _named_member_accessor as accessor

    def make(original: Any) -> Any:
        def swap_tensor(module: Any, name: Any, tensor: Any, allow_missing: bool = False) -> Any:
            held = data_of(module)
            # Exactly str: a subclass could be found under another name than it shows.
            if type(name) is not str or not any(
                name in held[each] for each in ("_parameters", "_buffers")
            ):
                raise KeyError(f"the module has no parameter and no buffer named {name!r}")
            return original(module, name, tensor, allow_missing)

        return swap_tensor

    replaces(accessor, "swap_tensor", make)


def _harden_encoder() -> None:
    """An encoder packs what is not padding into a nested tensor, which hooks of its layers meet.

    Methods that are listed for dense tensors reach past its memory.
    """
    from torch import nn

    def make(original: Any) -> Any:
        def forward(self: Any, *args: Any, **options: Any) -> Any:
            data_of(self)["use_nested_tensor"] = False
            return original(self, *args, **options)

        return forward

    replaces(nn.TransformerEncoder, "forward", make)


def _harden_heads() -> None:
    """They divide by the count of heads, which is an attribute of whatever class a layer has."""
    import torch

    def at(place: int) -> Callable[[Any], Any]:
        def make(original: Any) -> Any:
            def attention(*args: Any, **options: Any) -> Any:
                heads = args[place] if len(args) > place else None
                if type(heads) is not int or heads <= 0:
                    raise RuntimeError(f"num_heads must be a positive int, not {heads!r}")
                return original(*args, **options)

            return attention

        return make

    replaces(torch, "_native_multi_head_attention", at(4))
    replaces(torch, "_transformer_encoder_layer_fwd", at(2))


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
    _harden_repeats()
    _harden_histogram()
    _harden_eigenvalues()
    _harden_division()
    _harden_multiples()
    _harden_swaps()
    _harden_encoder()
    _harden_heads()
