"""Weights in a sealed memory file: same values, still tied, aligned, and private to a fork."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from cloche_server.zygote.weights import cpu_fork as weights
from transformers import AutoModelForCausalLM

from tests.support.tiny_model import build_tiny_model


@pytest.fixture(params=["llama", "gpt2"])
def model(request: pytest.FixtureRequest, tmp_path: Path) -> torch.nn.Module:
    path = build_tiny_model(tmp_path / "model", architecture=request.param)
    loaded: torch.nn.Module = AutoModelForCausalLM.from_pretrained(path)
    return loaded


def tensors(model: torch.nn.Module) -> list[torch.Tensor]:
    return [*model.parameters(), *model.buffers()]


def test_values_do_not_change_and_all_of_them_move(model: torch.nn.Module) -> None:
    before = [tensor.clone() for tensor in tensors(model)]
    held = weights.hold(model)
    after = tensors(model)
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))
    for tensor in after:
        assert held.address <= tensor.data_ptr() < held.address + held.size_bytes
        assert tensor.data_ptr() % 64 == 0
    assert held.address % (2 << 20) == 0


def test_tied_weights_stay_tied(model: torch.nn.Module) -> None:
    pairs = {tensor.data_ptr() for tensor in tensors(model)}
    weights.hold(model)
    assert len({tensor.data_ptr() for tensor in tensors(model)}) == len(pairs)
    first = torch.nn.Linear(4, 4)
    second = torch.nn.Linear(4, 4)
    second.weight = first.weight
    both = torch.nn.ModuleList([first, second])
    weights.hold(both)
    with torch.no_grad():
        first.weight.fill_(3)
    assert torch.equal(second.weight, torch.full((4, 4), 3.0))


def test_gradients_and_inference_still_work(model: torch.nn.Module) -> None:
    ids = torch.tensor([[1, 2, 3]])
    expected = model(ids).logits
    weights.hold(model)
    torch.testing.assert_close(model(ids).logits, expected)
    model(ids, labels=ids).loss.backward()
    assert all(p.grad is not None for p in model.parameters())


def test_an_edit_in_a_fork_stays_there(model: torch.nn.Module) -> None:
    weights.hold(model)
    parameter = next(model.parameters())
    before = parameter.detach().clone()
    child = os.fork()
    if child == 0:
        try:
            parameter.data.zero_()
            os._exit(0 if not parameter.any() else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert torch.equal(parameter, before)


def test_a_view_of_something_large_takes_only_its_own() -> None:
    module = torch.nn.Linear(2, 2)
    module.weight.data = torch.arange(10_000_000, dtype=torch.float32)[4:8].view(2, 2)
    held = weights.hold(module)
    assert held.size_bytes == 2 << 20
    assert module.weight.tolist() == [[4, 5], [6, 7]]


def test_what_cannot_be_held_is_named() -> None:
    module = torch.nn.Linear(2, 2, device="meta")
    with pytest.raises(ValueError, match=r"weight is torch\.strided on meta"):
        weights.hold(module)
