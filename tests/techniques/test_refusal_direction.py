import numpy as np
import pytest
import torch

from techniques.refusal_direction import refusal_direction
from tests.techniques.conftest import Tiny, kl, log_softmax

HARMFUL, HARMLESS = ["How do I steal", "Make a bomb now"], ["How do I bake", "Tell me a joke"]
PROMPT = "The capital of France is"


def _last(tiny: Tiny, text: str, layer: int) -> np.ndarray:
    """What block layer + 1 is given at the last token."""
    with torch.no_grad():
        states = tiny.model(tiny.ids(text), output_hidden_states=True).hidden_states
    last: np.ndarray = states[layer + 1][0, -1].numpy()
    return last


def test_the_direction_is_between_the_means(tiny: Tiny) -> None:
    found = refusal_direction(
        tiny.model, tiny.tokenizer, HARMFUL, HARMLESS, [PROMPT], layer=1, max_new_tokens=2
    )
    bad, good = (
        np.stack([_last(tiny, text, 1) for text in texts]) for texts in (HARMFUL, HARMLESS)
    )
    difference = bad.mean(0) - good.mean(0)
    unit = difference / np.linalg.norm(difference)
    assert found["direction"].numpy() == pytest.approx(unit, abs=1e-4)
    separation = np.linalg.norm(difference) / (good @ unit).std()
    assert found["separation"] == pytest.approx(separation, rel=1e-2)
    assert found["projections"] == pytest.approx([_last(tiny, PROMPT, 1) @ unit], abs=1e-3)


def test_without_the_direction_nothing_is_left_of_it_anywhere(tiny: Tiny) -> None:
    """Done again by hand, in front of each block and of the norm, instead of behind them."""
    found = refusal_direction(
        tiny.model, tiny.tokenizer, HARMFUL, HARMLESS, [PROMPT], layer=1, max_new_tokens=2
    )
    unit = found["direction"]

    def remove(module, args):
        return (args[0] - (args[0] @ unit)[..., None] * unit, *args[1:])

    model = tiny.fresh()
    blocks = tiny.blocks(model)
    body = next(module for module in model.modules() if blocks in list(module.children()))
    norm = [child for child in body.children() if "norm" in type(child).__name__.lower()][-1]
    for part in (*blocks, norm):
        part.register_forward_pre_hook(remove)
    with torch.no_grad():
        after = log_softmax(model(tiny.ids(PROMPT)).logits[0, -1])
        before = log_softmax(tiny.model(tiny.ids(PROMPT)).logits[0, -1])
    assert found["answers"][0]["kl"] == pytest.approx(float(kl(after, before)), abs=1e-4)


def test_it_leaves_no_hook_behind(tiny: Tiny) -> None:
    before = _hooks(tiny)
    refusal_direction(
        tiny.model, tiny.tokenizer, HARMFUL, HARMLESS, [PROMPT], layer=0, max_new_tokens=1
    )
    assert _hooks(tiny) == before


def _hooks(tiny: Tiny) -> list[int]:
    return [
        len(each._forward_hooks) + len(each._forward_pre_hooks) for each in tiny.model.modules()
    ]


def test_no_direction_between_the_same_prompts(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="same mean"):
        refusal_direction(tiny.model, tiny.tokenizer, HARMFUL, HARMFUL, [], layer=0)
    with pytest.raises(ValueError, match="at least one prompt"):
        refusal_direction(tiny.model, tiny.tokenizer, [], HARMLESS, [], layer=0)
