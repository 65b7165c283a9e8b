from typing import Any

import numpy as np
import pytest
import torch

from techniques.steering import steering
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import TEXT, Tiny, kl, log_softmax

POSITIVE = ["the weather was lovely", "she loved the long walk"]
NEGATIVE = ["the food was terrible"]
LAYER, SCALE = 1, 1.5


def _stream(tiny: Tiny, text: str) -> torch.Tensor:
    """After block LAYER at the last token, from the model's own hidden states."""
    with torch.no_grad():
        states = tiny.model(tiny.ids(text), output_hidden_states=True).hidden_states
    stream: torch.Tensor = states[LAYER + 1][0, -1]
    return stream


def _direction(tiny: Tiny) -> torch.Tensor:
    positive = (_stream(tiny, POSITIVE[0]) + _stream(tiny, POSITIVE[1])) / 2
    return positive - _stream(tiny, NEGATIVE[0])


def _steer(tiny: Tiny, **changes: Any) -> dict[str, Any]:
    arguments = {"layer": LAYER, "scale": SCALE, "max_new_tokens": 6, **changes}
    return steering(tiny.model, tiny.tokenizer, TEXT, POSITIVE, NEGATIVE, **arguments)


def test_direction_is_the_difference_of_means(tiny: Tiny) -> None:
    found = _steer(tiny)
    torch.testing.assert_close(found["direction"], _direction(tiny), rtol=1e-4, atol=1e-4)
    length = float(SCALE * _direction(tiny).norm() / _stream(tiny, TEXT).norm())
    assert found["relative_norm"] == pytest.approx(length, rel=1e-4)


def test_text_and_kl_match_a_loop_without_a_cache(tiny: Tiny) -> None:
    found = _steer(tiny)
    prompt = tiny.ids(TEXT)[0].tolist()
    shift = SCALE * _direction(tiny)

    def add(module: Any, args: Any) -> tuple[Any, ...]:
        stream = args[0].clone()
        stream[0, len(prompt) - 1 :] += shift
        return (stream, *args[1:])

    def last(ids: list[int]) -> np.ndarray:
        with torch.no_grad():
            return log_softmax(tiny.model(torch.tensor([ids]), use_cache=False).logits[0, -1])

    plain = last(prompt)
    handle = tiny.blocks(tiny.model)[LAYER + 1].register_forward_pre_hook(add)
    steered = last(prompt)
    new: list[int] = []
    while len(new) < 6 and tiny.tokenizer.eos_token_id not in new:
        new.append(int(last(prompt + new).argmax()))
    handle.remove()

    assert found["steered"] == tiny.tokenizer.decode(new, skip_special_tokens=True)
    assert found["kl"] == pytest.approx(float(kl(steered, plain)), rel=1e-3, abs=1e-6)


def test_scale_zero_changes_nothing(tiny: Tiny) -> None:
    found = _steer(tiny, scale=0.0)
    assert found["steered"] == found["plain"]
    assert found["kl"] == 0.0


def test_negative_layers_count_from_the_last(tiny: Tiny) -> None:
    assert _steer(tiny, layer=LAYER - LAYERS)["kl"] == _steer(tiny)["kl"]


def test_no_texts_are_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="at least one text"):
        steering(tiny.model, tiny.tokenizer, TEXT, POSITIVE, [], layer=0)


def test_a_layer_that_is_not_there_is_refused(tiny: Tiny) -> None:
    with pytest.raises(IndexError):
        _steer(tiny, layer=LAYERS)
