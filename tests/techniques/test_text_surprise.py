import numpy as np
import pytest
import torch

from techniques.text_surprise import text_surprise
from tests.techniques.conftest import TEXT, Tiny, log_softmax


def test_each_token_is_judged_by_the_row_before_it(tiny: Tiny) -> None:
    found = text_surprise(tiny.model, tiny.tokenizer, TEXT, top_k=2)
    ids = tiny.ids(TEXT)[0].tolist()
    with torch.no_grad():
        rows = log_softmax(tiny.model(tiny.ids(TEXT)).logits[0])
    expected = np.array([rows[place, ids[place + 1]] for place in range(len(ids) - 1)])
    assert found["tokens"] == [tiny.tokenizer.decode([token]) for token in ids[1:]]
    assert found["log_probs"].numpy() == pytest.approx(expected, abs=1e-4)
    assert found["mean_log_prob"] == pytest.approx(expected.mean(), abs=1e-4)
    assert found["perplexity"] == pytest.approx(np.exp(-expected.mean()), rel=1e-4)
    bits = -expected.sum() / np.log(2)
    assert found["bits_per_byte"] == pytest.approx(bits / len(TEXT.encode()), rel=1e-4)
    for place, rank in enumerate(found["ranks"]):
        assert rank == np.argsort(-rows[place]).tolist().index(ids[place + 1])
        best = np.sort(np.exp(rows[place]))[::-1][:2]
        assert [p for _, p in found["expected"][place]] == pytest.approx(best, rel=1e-3)
    entropy = -(np.exp(rows) * rows).sum(-1)[:-1]
    assert found["entropy"].numpy() == pytest.approx(entropy, rel=1e-3)


def test_the_context_is_not_judged(tiny: Tiny) -> None:
    context, text = "The capital of", " France is"
    found = text_surprise(tiny.model, tiny.tokenizer, text, context)
    own = tiny.tokenizer(text, add_special_tokens=False)["input_ids"]
    assert len(found["log_probs"]) == len(own)
    ids = torch.tensor([[*tiny.tokenizer(context)["input_ids"], *own]])
    with torch.no_grad():
        rows = log_softmax(tiny.model(ids).logits[0])
    expected = [rows[-len(own) - 1 + place, token] for place, token in enumerate(own)]
    assert found["log_probs"].tolist() == pytest.approx(expected, abs=1e-4)


def test_a_text_without_a_token_to_judge_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="has one before it"):
        text_surprise(tiny.model, tiny.tokenizer, "")
