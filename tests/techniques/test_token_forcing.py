import numpy as np
import pytest
import torch

from techniques.token_forcing import token_forcing
from tests.techniques.conftest import TEXT, Tiny, log_softmax

NEW = 4


def _log_probs(tiny: Tiny, ids: list[int]) -> np.ndarray:
    with torch.no_grad():
        return log_softmax(tiny.model(torch.tensor([ids]), use_cache=False).logits[0, -1])


def test_each_branch_matches_a_loop_without_a_cache(tiny: Tiny) -> None:
    openings = [" Paris", " the city"]
    found = token_forcing(tiny.model, tiny.tokenizer, TEXT, openings, max_new_tokens=NEW)
    assert [branch["opening"] for branch in found] == openings
    for branch in found:
        ids = tiny.ids(TEXT)[0].tolist()
        forced = tiny.tokenizer(branch["opening"], add_special_tokens=False)["input_ids"]
        first = _log_probs(tiny, ids)
        assert branch["rank"] == int((first > first[forced[0]]).sum())
        total = 0.0
        for token in forced:
            total += _log_probs(tiny, ids)[token]
            ids.append(token)
        assert branch["log_prob"] == pytest.approx(total, abs=1e-3)
        new: list[int] = []
        chosen, leads = [], []
        while len(new) < NEW and tiny.tokenizer.eos_token_id not in new:
            row = _log_probs(tiny, ids + new)
            new.append(int(row.argmax()))
            best = np.sort(row)[::-1]
            chosen.append(best[0])
            leads.append(np.exp(best[0]) - np.exp(best[1]))
        assert branch["continuation"] == tiny.tokenizer.decode(new, skip_special_tokens=True)
        assert branch["continuation_log_prob"] == pytest.approx(np.mean(chosen), abs=1e-3)
        assert branch["confidence"] == pytest.approx(np.mean(leads), abs=1e-4)


def test_without_openings_the_likeliest_tokens_are_forced(tiny: Tiny) -> None:
    found = token_forcing(tiny.model, tiny.tokenizer, TEXT, top_k=3, max_new_tokens=1)
    row = _log_probs(tiny, tiny.ids(TEXT)[0].tolist())
    best = np.argsort(-row)[:3]
    assert [branch["opening"] for branch in found] == [
        tiny.tokenizer.decode([token]) for token in best.tolist()
    ]
    assert [branch["rank"] for branch in found] == [0, 1, 2]


def test_nothing_to_force_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="an opening is empty"):
        token_forcing(tiny.model, tiny.tokenizer, TEXT, [""])
    with pytest.raises(ValueError, match="must"):
        token_forcing(tiny.model, tiny.tokenizer, "")
