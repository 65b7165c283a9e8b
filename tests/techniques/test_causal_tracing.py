from typing import Any

import pytest
import torch

from techniques.causal_tracing import causal_tracing
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import Tiny

PROMPT, SUBJECT = "The capital of France is", "France"
SAMPLES, SEED = 3, 5


def test_every_place_matches_a_state_put_back_in_front_of_the_next_block(tiny: Tiny) -> None:
    found = causal_tracing(tiny.model, tiny.tokenizer, PROMPT, SUBJECT, samples=SAMPLES, seed=SEED)
    ids = tiny.ids(PROMPT)
    first, end = found["subject_tokens"]
    assert SUBJECT in tiny.tokenizer.decode(ids[0, first:end])
    embed = tiny.model.get_input_embeddings()
    with torch.no_grad():
        clean = tiny.model(ids, output_hidden_states=True)
        embedded = embed(ids)
    answer = int(clean.logits[0, -1].argmax())
    assert found["clean"] == pytest.approx(float(clean.logits[0, -1].softmax(-1)[answer]), abs=1e-5)
    noise = torch.randn(
        (SAMPLES, end - first, embedded.shape[-1]), generator=torch.Generator().manual_seed(SEED)
    )
    spoiled = embedded.repeat(SAMPLES, 1, 1)
    spoiled[:, first:end] += 3.0 * embedded.std() * noise

    def probability() -> float:
        with torch.no_grad():
            logits = tiny.model(inputs_embeds=spoiled).logits[:, -1]
        return float(logits.softmax(-1)[:, answer].mean())

    assert found["noisy"] == pytest.approx(probability(), abs=1e-5)
    for layer in range(LAYERS - 1):
        for position in range(ids.shape[1]):

            def mend(module: Any, args: Any, layer: int = layer, position: int = position) -> Any:
                mended = args[0].clone()
                mended[:, position] = clean.hidden_states[layer + 1][0, position]
                return (mended, *args[1:])

            handle = tiny.blocks(tiny.model)[layer + 1].register_forward_pre_hook(mend)
            expected = probability()
            handle.remove()
            assert float(found["restored"][layer, position]) == pytest.approx(expected, abs=1e-5)
    assert torch.allclose(found["indirect_effect"], found["restored"] - found["noisy"])


def test_the_last_state_holds_the_answer(tiny: Tiny) -> None:
    found = causal_tracing(tiny.model, tiny.tokenizer, PROMPT, SUBJECT, samples=1)
    assert float(found["restored"][-1, -1]) == pytest.approx(found["clean"], abs=1e-5)
    whole = causal_tracing(
        tiny.model, tiny.tokenizer, PROMPT, SUBJECT, samples=1, window=2 * LAYERS
    )
    assert float(whole["restored"][0, -1]) == pytest.approx(found["clean"], abs=1e-5)


def test_a_subject_that_is_not_there_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="'Spain' is not in the prompt"):
        causal_tracing(tiny.model, tiny.tokenizer, PROMPT, "Spain")
    with pytest.raises(ValueError, match="at least 1"):
        causal_tracing(tiny.model, tiny.tokenizer, PROMPT, SUBJECT, samples=0)
