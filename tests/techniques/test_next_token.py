import numpy as np
import pytest

from techniques.next_token import next_token
from tests.techniques.conftest import TEXT, Tiny, log_softmax


def test_next_token_matches_the_distribution_that_generate_samples_from(tiny: Tiny) -> None:
    generated = tiny.model.generate(
        tiny.ids(TEXT),
        max_new_tokens=1,
        do_sample=False,
        output_logits=True,
        return_dict_in_generate=True,
    )
    probs = np.exp(log_softmax(generated.logits[0][0]))
    order = np.argsort(-probs)[:5]

    found = next_token(tiny.model, tiny.tokenizer, TEXT, top_k=5)

    assert [token for token, _ in found] == [tiny.tokenizer.decode([i]) for i in order]
    assert [p for _, p in found] == pytest.approx(probs[order], rel=1e-4)


def test_temperature_two_is_the_square_root_of_the_probabilities(tiny: Tiny) -> None:
    plain = np.array([p for _, p in next_token(tiny.model, tiny.tokenizer, TEXT, top_k=512)])
    hot = [p for _, p in next_token(tiny.model, tiny.tokenizer, TEXT, top_k=512, temperature=2.0)]
    assert hot == pytest.approx(np.sqrt(plain) / np.sqrt(plain).sum(), rel=1e-4)


def test_empty_text_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="empty"):
        next_token(tiny.model, tiny.tokenizer, "")


def test_temperature_zero_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="above 0"):
        next_token(tiny.model, tiny.tokenizer, TEXT, temperature=0)
