import numpy as np
import pytest
import torch

from techniques.linear_probe import linear_probe
from tests.support.tiny_model import HIDDEN, LAYERS
from tests.techniques.conftest import Tiny

TEXTS = [f"{word} {number}" for number in ("one", "two", "three") for word in ("red", "The", "a")]
LABELS = [0, 1, 1, 0, 1, 0, 1, 0, 1]
PENALTY = 1e-1


def test_each_probe_is_at_the_optimum_of_its_loss(tiny: Tiny) -> None:
    """There the gradient, written out in numpy, is zero; the loss is convex: it is the only one."""
    found = linear_probe(tiny.model, tiny.tokenizer, TEXTS, LABELS, penalty=PENALTY)
    train = [place for place, text in enumerate(TEXTS) if text not in found["test_texts"]]
    test = [place for place, text in enumerate(TEXTS) if text in found["test_texts"]]
    targets = np.array(LABELS)
    assert len(test) == 2
    for layer in range(LAYERS - 1):  # the last hidden state has been through the final norm
        with torch.no_grad():
            inputs = np.stack(
                [
                    tiny.model(tiny.ids(text), output_hidden_states=True)
                    .hidden_states[layer + 1][0, -1]
                    .double()
                    .numpy()
                    for text in TEXTS
                ]
            )
        inputs = (inputs - inputs[train].mean(0)) / np.maximum(inputs[train].std(0), 1e-6)
        weight, bias = found["weights"][layer].double().numpy(), float(found["biases"][layer])
        scores = inputs @ weight + bias
        missed = 1 / (1 + np.exp(-scores[train])) - targets[train]
        slope = inputs[train].T @ missed / len(train) + 2 * PENALTY * weight / HIDDEN
        assert np.abs(slope).max() < 2e-3
        assert abs(missed.mean()) < 2e-3
        for part, accuracy in ((train, "train_accuracy"), (test, "test_accuracy")):
            right = ((scores > 0) == (targets > 0.5))[part].mean()
            assert float(found[accuracy][layer]) == pytest.approx(right)


def test_what_no_probe_can_be_trained_on_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="a label of 0 or 1"):
        linear_probe(tiny.model, tiny.tokenizer, TEXTS, [2] * len(TEXTS))
    with pytest.raises(ValueError, match="1 label"):
        linear_probe(tiny.model, tiny.tokenizer, TEXTS, [1] * len(TEXTS))
    with pytest.raises(ValueError, match="0 would be kept"):
        linear_probe(tiny.model, tiny.tokenizer, TEXTS, LABELS, held_out=0.0)
