"""Every way to write a weight, over pages that take no write: a copy is written, or nothing is.

A way that went around torch's copying would end its process (SIGSEGV) here, as it would be a fault
on a GPU. Each runs in a fork of its own.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import mmap
import os
from collections.abc import Callable
from typing import Any

import pytest
import torch
from cloche_server.walls.kernel import libc
from cloche_server.walls.language import kernels
from cloche_server.zygote.weights import cow

SIZE = 1024
Way = Callable[[torch.nn.Linear], object]


def _step(kind: Any, **options: Any) -> Way:
    def act(layer: torch.nn.Linear) -> None:
        layer(torch.ones(2, SIZE)).sum().backward()
        kind(layer.parameters(), lr=0.1, **options).step()

    return act


def _without_gradients(layer: torch.nn.Linear) -> None:
    with torch.no_grad():
        layer.weight.zero_()


def _state(**options: Any) -> Way:
    zeros = {"weight": torch.zeros(SIZE, SIZE), "bias": torch.zeros(SIZE)}
    return lambda layer: layer.load_state_dict(zeros, **options)


def _clip(layer: torch.nn.Linear) -> None:
    layer(torch.ones(2, SIZE)).sum().backward()
    torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0)


def _every(layer: Any) -> Any:
    return layer.weight.data


WAYS: dict[str, Way] = {
    "zero_ without gradients": _without_gradients,
    "data.add_": lambda it: _every(it).add_(1),
    "data = other": lambda it: setattr(it.weight, "data", torch.ones(SIZE, SIZE)),
    "an item": lambda it: _every(it).__setitem__(0, 1),
    "a view's mul_": lambda it: _every(it)[3:5, 7:9].mul_(2),
    "detach().copy_": lambda it: it.weight.detach().copy_(torch.zeros(SIZE, SIZE)),
    "load_state_dict": _state(),
    "load_state_dict assign": _state(assign=True),
    "SGD": _step(torch.optim.SGD),
    "SGD foreach": _step(torch.optim.SGD, foreach=True),
    "AdamW": _step(torch.optim.AdamW),
    "AdamW fused": _step(torch.optim.AdamW, fused=True),
    "add out": lambda it: torch.add(torch.ones(SIZE, SIZE), 1, out=_every(it)),
    "mm out": lambda it: torch.mm(torch.ones(SIZE, SIZE), torch.ones(SIZE, SIZE), out=_every(it)),
    "init.normal_": lambda it: torch.nn.init.normal_(it.weight),
    "init.orthogonal_": lambda it: torch.nn.init.orthogonal_(it.weight),
    "fill_diagonal_": lambda it: _every(it).fill_diagonal_(1),
    "index_copy_": lambda it: _every(it).index_copy_(0, torch.tensor([1]), torch.ones(1, SIZE)),
    "scatter_": lambda it: _every(it).scatter_(0, torch.zeros(1, SIZE, dtype=torch.long), 1.0),
    "masked_fill_": lambda it: _every(it).masked_fill_(_every(it) > 0, 0),
    "index_put_": lambda it: _every(it).index_put_((torch.tensor([1]),), torch.ones(SIZE)),
    "clamp_": lambda it: _every(it).clamp_(0, 1),
    "t().mul_": lambda it: _every(it).t().mul_(2),
    "unbind": lambda it: _every(it).unbind()[0].zero_(),
    "numpy": lambda it: it.weight.detach().numpy().__setitem__(slice(None), 0),
    "dlpack": lambda it: torch.from_dlpack(it.weight.detach()).zero_(),
    "storage fill_": lambda it: it.weight.untyped_storage().fill_(0),
    "storage item": lambda it: it.weight.untyped_storage().__setitem__(0, 1),
    "storage copy_": lambda it: it.weight.untyped_storage().copy_(
        torch.zeros(SIZE * SIZE).untyped_storage()
    ),
    "through data_ptr": lambda it: ctypes.memset(it.weight.data_ptr(), 0, 16_384),
    "set_ to its storage": lambda it: (
        torch.empty(0).set_(it.weight.untyped_storage(), 0, (SIZE,), (1,)).zero_()
    ),
    "as_strided": lambda it: _every(it).as_strided((4,), (1,)).zero_(),
    "vector_to_parameters": lambda it: torch.nn.utils.vector_to_parameters(
        torch.zeros(SIZE * SIZE + SIZE), it.parameters()
    ),
    "spectral_norm": lambda it: torch.nn.utils.parametrizations.spectral_norm(it)(
        torch.ones(1, SIZE)
    ),
    "addmm_": lambda it: _every(it).addmm_(torch.ones(SIZE, 2), torch.ones(2, SIZE)),
    "bernoulli_": lambda it: _every(it).bernoulli_(0.5),
    "swap_tensors": lambda it: torch.utils.swap_tensors(
        it.weight, torch.nn.Parameter(torch.ones(SIZE, SIZE))
    ),
    "half()": lambda it: it.half(),
    "to(bfloat16)": lambda it: it.to(torch.bfloat16),
    "storage resize_ to nothing": lambda it: it.weight.untyped_storage().resize_(0),
}
# They change no weight by what they are.
HARMLESS: dict[str, Way] = {
    "resize_ smaller": lambda it: _every(it).resize_(4, 4),
    "clip_grad_norm_": _clip,
    "backward alone": lambda it: it(torch.ones(2, SIZE)).sum().backward(),
}


def _protected() -> tuple[torch.nn.Linear, dict[str, torch.Tensor]]:
    """A layer over bases whose whole pages take no write."""
    layer = torch.nn.Linear(SIZE, SIZE)
    bases = {}
    for name, parameter in layer.named_parameters():
        base = bases[name] = parameter.data.clone()
        parameter.data = cow.clone(base)
        start = -(-cow.address(base) // mmap.PAGESIZE) * mmap.PAGESIZE
        end = (cow.address(base) + base.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
        if end > start:
            libc.mprotect(start, end - start, mmap.PROT_READ)
    return layer, bases


def _bytes(base: torch.Tensor) -> bytes:
    """Whatever became of those who share them."""
    return ctypes.string_at(cow.address(base), base.nbytes)


def _played(way: Way) -> dict[str, Any]:
    """What a fork saw of it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            kernels.soften_kernels()  # if another test has built the language wall in here
            layer, bases = _protected()
            before = {name: _bytes(base) for name, base in bases.items()}
            first = torch.tensor(bases["weight"][:8, :8].tolist())
            way(layer)
            seen: dict[str, Any] = {
                "intact": all(_bytes(base) == before[name] for name, base in bases.items()),
                "shared": cow.is_shared(layer.weight),
                "same": tuple(layer.weight.shape) == (SIZE, SIZE)
                and layer.weight.untyped_storage().nbytes() > 0
                and layer.weight.dtype is torch.float32
                and torch.equal(layer.weight.detach()[:8, :8], first)
                and layer.weight.detach().ne(bases["weight"]).sum().item() == 0,
            }
            os.write(writer, json.dumps(seen).encode())
        except BaseException as error:
            os.write(writer, json.dumps({"error": repr(error)}).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code == 0, f"ended with {code}: it wrote around the copying"
    found: dict[str, Any] = json.loads(text)
    assert "error" not in found, found
    return found


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def test_there_are_as_many_as_were_looked_into() -> None:
    assert len(WAYS) + len(HARMLESS) == 43


@pytest.mark.parametrize("name", WAYS)
def test_a_write_reaches_a_copy(name: str) -> None:
    seen = _played(WAYS[name])
    assert seen["intact"]
    assert not seen["same"]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_writes_no_weight_copies_none(name: str) -> None:
    assert _played(HARMLESS[name]) == {"intact": True, "shared": True, "same": True}


def test_a_write_past_torch_ends_the_process() -> None:
    """The teeth of this file: the pages do refuse."""
    child = os.fork()
    if child == 0:
        try:
            faulthandler.disable()
            layer, _ = _protected()
            ctypes.memset(cow.address(layer.weight) + 2 * mmap.PAGESIZE, 0, 1)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -11


def test_a_base_that_nobody_holds_any_more_is_not_written_either() -> None:
    """The last owner of a storage writes to it, so there is always one more."""
    layer, bases = _protected()
    before = cow.address(layer.weight)
    bases.clear()
    gc.collect()
    layer.weight.data.add_(1)
    assert cow.address(layer.weight) != before


def test_the_self_test_notices_a_torch_that_does_not_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    cow.require_works()
    monkeypatch.setattr(cow, "clone", lambda base: base)
    with pytest.raises(RuntimeError, match="serve with weights='fork'"):
        cow.require_works()
