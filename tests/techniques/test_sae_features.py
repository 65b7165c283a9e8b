from typing import Any

import numpy as np
import pytest
import torch

from techniques.sae_features import sae_features
from tests.support.tiny_model import HIDDEN
from tests.techniques.conftest import TEXT, Tiny

FEATURES, LAYER = 96, 0


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(2)
    return {
        "encoder": torch.randn(HIDDEN, FEATURES, generator=draw) / 8,
        "encoder_bias": torch.randn(FEATURES, generator=draw) / 10,
        "decoder": torch.randn(FEATURES, HIDDEN, generator=draw) / 10,
        "decoder_bias": torch.randn(HIDDEN, generator=draw) / 10,
    }


@pytest.mark.parametrize("level", [None, 0.05])
def test_features_and_losses_are_those_done_by_hand(
    tiny: Tiny, weights: dict[str, torch.Tensor], level: float | None
) -> None:
    threshold = None if level is None else torch.full((FEATURES,), level)
    found = sae_features(
        tiny.model, tiny.tokenizer, TEXT, LAYER, **weights, threshold=threshold, top_k=3
    )
    ids = tiny.ids(TEXT)
    with torch.no_grad():
        states = tiny.model(ids, output_hidden_states=True, labels=ids)
    by_hand = {name: tensor.double().numpy() for name, tensor in weights.items()}
    stream = states.hidden_states[LAYER + 1][0].double().numpy()
    before = stream @ by_hand["encoder"] + by_hand["encoder_bias"]
    values = np.where(before > (level or 0.0), np.maximum(before, 0), 0)
    decoded = values @ by_hand["decoder"] + by_hand["decoder_bias"]
    assert found["active"] == (values > 0).sum(-1).tolist()
    for place, row in enumerate(found["top_features"]):
        order = np.argsort(-values[place])[: len(row)]
        assert [feature for feature, _ in row] == order.tolist()
        assert [value for _, value in row] == pytest.approx(values[place][order], abs=1e-3)
    lost = ((stream - decoded) ** 2).sum() / ((stream - stream.mean(0)) ** 2).sum()
    assert found["unexplained"] == pytest.approx(lost, rel=1e-3)
    assert found["loss"] == pytest.approx(float(states.loss), abs=1e-4)
    for name, replaced in (("loss_decoded", decoded), ("loss_zeroed", 0 * decoded)):

        def replace(module: Any, args: Any, replaced: np.ndarray = replaced) -> Any:
            return (torch.tensor(replaced, dtype=args[0].dtype)[None], *args[1:])

        handle = tiny.blocks(tiny.model)[LAYER + 1].register_forward_pre_hook(replace)
        with torch.no_grad():
            expected = float(tiny.model(ids, labels=ids).loss)
        handle.remove()
        assert found[name] == pytest.approx(expected, abs=1e-3)


def test_a_dictionary_that_loses_nothing_changes_nothing(tiny: Tiny) -> None:
    """Twice as many features as dimensions: one for each direction and its opposite."""
    both = torch.cat([torch.eye(HIDDEN), -torch.eye(HIDDEN)])
    found = sae_features(
        tiny.model, tiny.tokenizer, TEXT, LAYER,
        encoder=both.T, encoder_bias=torch.zeros(2 * HIDDEN),
        decoder=both, decoder_bias=torch.zeros(HIDDEN),
    )  # fmt: skip
    assert found["unexplained"] == pytest.approx(0, abs=1e-6)
    assert found["loss_decoded"] == pytest.approx(found["loss"], abs=1e-5)


def test_wrong_shapes_are_refused(tiny: Tiny, weights: dict[str, torch.Tensor]) -> None:
    wrong = {**weights, "decoder_bias": torch.zeros(HIDDEN + 1)}
    with pytest.raises(ValueError, match=r"decoder_bias has the shape \(65,\); it must be \(64,\)"):
        sae_features(tiny.model, tiny.tokenizer, TEXT, LAYER, **wrong)
