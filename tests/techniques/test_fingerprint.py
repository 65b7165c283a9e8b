import math
from typing import Any

import pytest
import torch

from techniques.fingerprint import fingerprint
from tests.techniques.conftest import TEXT, Tiny


def _seeded(model: Any, tiny: Tiny) -> dict[str, Any]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        return fingerprint(model, tiny.tokenizer, TEXT)


def test_two_copies_of_one_model_have_the_same(tiny: Tiny) -> None:
    one, other = _seeded(tiny.model, tiny), _seeded(tiny.fresh(), tiny)
    assert torch.equal(one["logits"], other["logits"])
    assert torch.equal(one["random"], other["random"])
    assert one["sums"] == other["sums"]
    assert one["training"] == other["training"] == []
    assert one["default_dtype"] == other["default_dtype"] == "torch.float32"


def test_sums_are_exact_sums(tiny: Tiny) -> None:
    sums = _seeded(tiny.model, tiny)["sums"]
    tensors = dict([*tiny.model.named_parameters(), *tiny.model.named_buffers()])
    assert sums.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert sums[name] == pytest.approx(math.fsum(tensor.flatten().tolist()), abs=1e-9)


def test_one_changed_weight_shows_in_its_sum_alone(tiny: Tiny) -> None:
    model = tiny.fresh()
    parameters = dict(model.named_parameters())
    changed = next(name for name, p in parameters.items() if p.dim() == 2 and "mlp" in name)
    before = _seeded(model, tiny)
    with torch.no_grad():
        parameters[changed][0, 0] += 1.0
    after = _seeded(model, tiny)
    assert after["sums"][changed] - before["sums"][changed] == pytest.approx(1.0, abs=1e-6)
    assert [n for n in before["sums"] if before["sums"][n] != after["sums"][n]] == [changed]
    assert not torch.equal(before["logits"], after["logits"])


def test_training_mode_dtype_and_random_state_show(tiny: Tiny) -> None:
    model = tiny.fresh()
    tiny.blocks(model)[0].mlp.train()
    torch.set_default_dtype(torch.float64)
    try:
        found = _seeded(model, tiny)
    finally:
        torch.set_default_dtype(torch.float32)
    assert all(".0.mlp" in name for name in found["training"])
    assert found["training"]
    assert found["default_dtype"] == "torch.float64"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(8)
        other = fingerprint(tiny.model, tiny.tokenizer, TEXT)
    assert not torch.equal(found["random"], other["random"])


def test_empty_text_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="empty"):
        fingerprint(tiny.model, tiny.tokenizer, "")
