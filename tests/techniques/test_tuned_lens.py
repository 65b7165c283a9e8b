import numpy as np
import pytest
import torch

from techniques.logit_lens import logit_lens
from techniques.tuned_lens import tuned_lens
from tests.support.tiny_model import HIDDEN, LAYERS
from tests.techniques.conftest import TEXT, Tiny, kl, log_softmax


def test_each_row_is_the_rest_of_the_model_behind_a_translated_stream(tiny: Tiny) -> None:
    """The stream is translated in numpy, and put before the norm of a model without blocks."""
    draw = torch.Generator().manual_seed(4)
    weights = torch.randn(LAYERS, HIDDEN, HIDDEN, generator=draw) / 10
    biases = torch.randn(LAYERS, HIDDEN, generator=draw) / 10
    found = tuned_lens(tiny.model, tiny.tokenizer, TEXT, weights, biases, top_k=4)
    ids = tiny.ids(TEXT)
    with torch.no_grad():
        output = tiny.model(ids, output_hidden_states=True)
    final = log_softmax(output.logits[0])
    answer = int(final[-1].argmax())
    assert found["answer"] == tiny.tokenizer.decode([answer])
    for row in range(LAYERS):
        stream = output.hidden_states[row][0].numpy().astype(np.float64)
        translated = stream + stream @ weights[row].numpy().T + biases[row].numpy()
        model = tiny.first_blocks(1)
        tiny.blocks(model)[0].register_forward_hook(
            lambda module, args, output, translated=translated: _put(output, translated)
        )
        with torch.no_grad():
            expected = log_softmax(model(ids, use_cache=False).logits[0])
        best = np.sort(np.exp(expected))[:, ::-1][:, :4]
        assert found["top_probs"][row].numpy() == pytest.approx(best, rel=1e-3)
        assert found["top_tokens"][row][0] == tiny.tokenizer.decode([int(expected[-1].argmax())])
        assert found["entropy"][row].numpy() == pytest.approx(
            -(np.exp(expected) * expected).sum(-1), rel=1e-3
        )
        assert found["kl_to_output"][row].numpy() == pytest.approx(
            kl(final, expected), rel=1e-3, abs=1e-5
        )
        assert found["answer_rank"][row] == np.argsort(-expected[-1]).tolist().index(answer)
    assert found["kl_to_output"][LAYERS].abs().max() < 1e-5


def _put(output: object, translated: np.ndarray) -> object:
    stream = torch.tensor(translated, dtype=torch.float32)[None]
    return (stream, *output[1:]) if isinstance(output, tuple) else stream


def test_zeros_are_the_logit_lens(tiny: Tiny) -> None:
    zeros = torch.zeros(LAYERS, HIDDEN, HIDDEN)
    found = tuned_lens(tiny.model, tiny.tokenizer, TEXT, zeros, zeros[:, 0])
    lens = logit_lens(tiny.model, tiny.tokenizer, TEXT)
    torch.testing.assert_close(found["kl_to_output"], lens["kl_to_output"])
    torch.testing.assert_close(found["kl_untuned"], lens["kl_to_output"])
    assert found["top_tokens"] == lens["top_tokens"]


def test_wrong_shapes_are_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match=r"weights has the shape \(3, 64\); it must be \(3, 64, "):
        tuned_lens(tiny.model, tiny.tokenizer, TEXT, torch.zeros(3, HIDDEN), torch.zeros(3, HIDDEN))
    with pytest.raises(ValueError, match="empty"):
        tuned_lens(tiny.model, tiny.tokenizer, "", torch.zeros(0), torch.zeros(0))
