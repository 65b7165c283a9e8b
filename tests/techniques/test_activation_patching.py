from typing import Any

import pytest
import torch

from techniques.activation_patching import activation_patching
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import Tiny

CLEAN, CORRUPTED = "The capital of France is", "The capital of Italy is"
ANSWER, WRONG = " Paris", " Rome"


def _difference(tiny: Tiny, logits: torch.Tensor) -> float:
    right, wrong = (
        tiny.tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in (ANSWER, WRONG)
    )
    return float(logits[0, -1, right] - logits[0, -1, wrong])


def test_every_place_matches_feeding_the_next_block_a_patched_stream(tiny: Tiny) -> None:
    found = activation_patching(tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, ANSWER, WRONG)
    clean_ids, corrupted_ids = tiny.ids(CLEAN), tiny.ids(CORRUPTED)
    length = clean_ids.shape[1]
    with torch.no_grad():
        clean = tiny.model(clean_ids, output_hidden_states=True)
        corrupted = tiny.model(corrupted_ids)
    low, high = _difference(tiny, corrupted.logits), _difference(tiny, clean.logits)
    assert found["clean_difference"] == pytest.approx(high, abs=1e-4)
    assert found["corrupted_difference"] == pytest.approx(low, abs=1e-4)

    # The stream after block l is what block l + 1 is given: patch there, one place at a time.
    for layer in range(LAYERS - 1):
        for position in range(length):

            def patch(
                module: Any, args: Any, layer: int = layer, position: int = position
            ) -> tuple[Any, ...]:
                stream = args[0].clone()
                stream[0, position] = clean.hidden_states[layer + 1][0, position]
                return (stream, *args[1:])

            handle = tiny.blocks(tiny.model)[layer + 1].register_forward_pre_hook(patch)
            with torch.no_grad():
                patched = _difference(tiny, tiny.model(corrupted_ids).logits)
            handle.remove()
            expected = (patched - low) / (high - low)
            assert float(found["restored"][layer, position]) == pytest.approx(expected, abs=2e-3)


def test_after_the_last_block_only_the_last_token_counts(tiny: Tiny) -> None:
    restored = activation_patching(tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, ANSWER, WRONG)[
        "restored"
    ]
    assert restored[-1, -1] == pytest.approx(1.0, abs=1e-3)
    assert restored[-1, :-1].tolist() == pytest.approx([0.0] * (restored.shape[1] - 1), abs=1e-3)


def test_before_the_prompts_differ_there_is_nothing_to_restore(tiny: Tiny) -> None:
    same = (tiny.ids(CLEAN) == tiny.ids(CORRUPTED))[0].long().cumprod(0).bool()
    assert same.any()
    restored = activation_patching(tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, ANSWER, WRONG)[
        "restored"
    ]
    assert restored[:, same].abs().max() == pytest.approx(0.0, abs=1e-3)


def test_prompts_of_different_length_are_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="as many tokens"):
        activation_patching(tiny.model, tiny.tokenizer, CLEAN, CLEAN + " not", ANSWER, WRONG)


def test_the_same_answer_twice_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="same token"):
        activation_patching(tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, ANSWER, ANSWER)


def test_the_same_prompt_twice_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="alike"):
        activation_patching(tiny.model, tiny.tokenizer, CLEAN, CLEAN, ANSWER, WRONG)
