from typing import Any

import pytest
import torch

from techniques.attribution_patching import attribution_patching
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import Tiny

PAIR = ("The capital of France is", "The capital of Italy is", " Paris", " Rome")


def _difference(tiny: Tiny, logits: torch.Tensor) -> float:
    right, wrong = (
        tiny.tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in PAIR[2:]
    )
    return float(logits[0, -1, right] - logits[0, -1, wrong])


def test_it_is_the_slope_of_a_small_patch(tiny: Tiny) -> None:
    """A thousandth of the patch, done for real in front of the next block, a thousand times."""
    found = attribution_patching(tiny.model, tiny.tokenizer, *PAIR)
    model = tiny.fresh().double()
    clean_ids, corrupted_ids = tiny.ids(PAIR[0]), tiny.ids(PAIR[1])
    with torch.no_grad():
        clean = model(clean_ids, output_hidden_states=True)
        corrupted = model(corrupted_ids, output_hidden_states=True)
    low, high = _difference(tiny, corrupted.logits), _difference(tiny, clean.logits)
    step = 1e-3
    for layer in range(LAYERS - 1):
        shift = clean.hidden_states[layer + 1] - corrupted.hidden_states[layer + 1]
        for position in range(corrupted_ids.shape[1]):

            def patch(
                module: Any, args: Any, shift: torch.Tensor = shift, position: int = position
            ) -> Any:
                moved = args[0].clone()
                moved[0, position] += step * shift[0, position]
                return (moved, *args[1:])

            handle = tiny.blocks(model)[layer + 1].register_forward_pre_hook(patch)
            with torch.no_grad():
                slope = (_difference(tiny, model(corrupted_ids).logits) - low) / step
            handle.remove()
            expected = slope / (high - low)
            assert float(found["restored"][layer, position]) == pytest.approx(expected, abs=2e-2)


def test_what_cannot_be_compared_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="as many tokens"):
        attribution_patching(tiny.model, tiny.tokenizer, "one", "one two three", " a", " b")
    with pytest.raises(ValueError, match="the same token"):
        attribution_patching(tiny.model, tiny.tokenizer, PAIR[0], PAIR[1], " a", " a")
    with pytest.raises(ValueError, match="nothing to restore"):
        attribution_patching(tiny.model, tiny.tokenizer, PAIR[0], PAIR[0], *PAIR[2:])
