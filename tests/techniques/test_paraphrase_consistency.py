import numpy as np
import pytest
import torch

from techniques.paraphrase_consistency import paraphrase_consistency
from tests.techniques.conftest import TEXT, Tiny, kl, log_softmax

PROMPTS = [TEXT, "France has the capital", "The weather was"]


def test_divergences_match_their_definition(tiny: Tiny) -> None:
    found = paraphrase_consistency(tiny.model, tiny.tokenizer, PROMPTS, top_k=3)
    with torch.no_grad():
        rows = [log_softmax(tiny.model(tiny.ids(text)).logits[0, -1]) for text in PROMPTS]
    for i, p in enumerate(rows):
        assert float(found["entropy"][i]) == pytest.approx(-(np.exp(p) * p).sum(), rel=1e-4)
        best = np.argsort(-p)[:3]
        assert [value for _, value in found["top"][i]] == pytest.approx(np.exp(p[best]), rel=1e-3)
        for j, q in enumerate(rows):
            middle = np.log((np.exp(p) + np.exp(q)) / 2)
            expected = (kl(p, middle) + kl(q, middle)) / 2
            assert float(found["divergence"][i, j]) == pytest.approx(float(expected), abs=1e-5)
    mean = np.log(np.mean(np.exp(rows), axis=0))
    assert found["spread"] == pytest.approx(np.mean([kl(p, mean) for p in rows]), abs=1e-5)
    assert found["mean_top"][0][1] == pytest.approx(float(np.exp(mean).max()), rel=1e-3)
    likeliest = [int(row.argmax()) for row in rows]
    same = [likeliest[i] == likeliest[j] for i in range(3) for j in range(i)]
    assert found["agreement"] == pytest.approx(sum(same) / 3)


def test_equal_prompts_agree(tiny: Tiny) -> None:
    found = paraphrase_consistency(tiny.model, tiny.tokenizer, [TEXT, TEXT])
    assert found["agreement"] == 1
    assert found["spread"] == pytest.approx(0, abs=1e-6)


def test_too_few_prompts_are_refused(tiny: Tiny) -> None:
    for prompts in ([TEXT], [TEXT, ""]):
        with pytest.raises(ValueError, match="at least two prompts"):
            paraphrase_consistency(tiny.model, tiny.tokenizer, prompts)
