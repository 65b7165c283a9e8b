import pytest
import torch

from techniques.induction_heads import induction_heads
from tests.techniques.conftest import Tiny

LENGTH = 5


def test_scores_are_what_a_loop_over_queries_finds(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    forward = tiny.model.forward

    def record(*args, **kwargs):
        output = forward(*args, **kwargs)
        seen.append((kwargs["input_ids"], output))
        return output

    monkeypatch.setattr(tiny.model, "forward", record)
    found = induction_heads(tiny.model, tiny.tokenizer, length=LENGTH, repeats=2, seed=1)
    ((ids, output),) = seen
    start = ids.shape[1] - 2 * LENGTH
    assert torch.equal(ids[:, start : start + LENGTH], ids[:, start + LENGTH :])
    for layer, attention in enumerate(output.attentions):
        for head in range(attention.shape[1]):
            total = count = 0.0
            for row in range(2):
                for query in range(start + LENGTH, start + 2 * LENGTH):
                    before = [
                        key for key in range(start, query) if ids[row, key] == ids[row, query]
                    ]
                    if len(before) > 1:
                        pytest.skip("a random token came twice")
                    total += float(attention[row, head, query, before[0] + 1])
                    count += 1
            assert float(found["scores"][layer, head]) == pytest.approx(total / count, abs=1e-5)
    log_probs = torch.log_softmax(output.logits, -1)
    losses = [
        -float(log_probs[row, place - 1, ids[row, place]])
        for row in range(2)
        for place in range(start + LENGTH, start + 2 * LENGTH)
    ]
    assert found["loss_second"] == pytest.approx(sum(losses) / len(losses), abs=1e-4)
    layer, head, score = found["strongest"][0]
    assert score == float(found["scores"].max()) == float(found["scores"][layer, head])


def test_the_seed_chooses_the_tokens(tiny: Tiny) -> None:
    one, same, other = (
        induction_heads(tiny.model, tiny.tokenizer, length=LENGTH, repeats=1, seed=seed)
        for seed in (1, 1, 2)
    )
    assert torch.equal(one["scores"], same["scores"])
    assert not torch.equal(one["scores"], other["scores"])


def test_nothing_to_repeat_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        induction_heads(tiny.model, tiny.tokenizer, length=0)
