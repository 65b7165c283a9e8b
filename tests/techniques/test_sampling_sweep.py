import numpy as np
import pytest
import torch

from techniques.sampling_sweep import sampling_sweep
from tests.techniques.conftest import TEXT, Tiny, log_softmax

SAMPLES, NEW, SEED = 3, 4, 7


@pytest.mark.parametrize(("temperature", "top_p"), [(0.7, 1.0), (1.5, 0.6)])
def test_texts_and_measures_match_a_loop_over_draws(
    tiny: Tiny, temperature: float, top_p: float
) -> None:
    (found,) = sampling_sweep(
        tiny.model, tiny.tokenizer, TEXT, [temperature], [top_p], SAMPLES, NEW, SEED
    )
    assert (found["temperature"], found["top_p"]) == (temperature, top_p)
    rows = tiny.ids(TEXT).repeat(SAMPLES, 1)
    given = np.zeros((SAMPLES, NEW))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        for step in range(NEW):
            with torch.no_grad():
                logits = tiny.model(rows, use_cache=False).logits[:, -1]
            probs = np.exp(log_softmax(logits / temperature))
            for row in probs:  # only the likeliest, up to the one that completes top_p
                order = np.argsort(-row)
                before = np.concatenate([[0.0], row[order].cumsum()[:-1]])
                row[order[before >= top_p]] = 0
            kept = torch.tensor(probs / probs.sum(-1, keepdims=True), dtype=torch.float32)
            drawn = torch.multinomial(kept, 1)
            given[:, step] = np.take_along_axis(log_softmax(logits), drawn.numpy(), 1)[:, 0]
            rows = torch.cat([rows, drawn], dim=1)
    new = [row.tolist() for row in rows[:, -NEW:]]
    end = tiny.tokenizer.eos_token_id
    new = [row[: row.index(end) + 1] if end in row else row for row in new]
    texts = [tiny.tokenizer.decode(row, skip_special_tokens=True) for row in new]
    assert found["texts"] == texts
    means = [given[i, : len(row)].mean() for i, row in enumerate(new)]
    assert found["log_probs"].numpy() == pytest.approx(np.array(means), abs=1e-3)
    assert found["distinct"] == len(set(texts)) / SAMPLES
    pairs = [(row[i], row[i + 1]) for row in new for i in range(len(row) - 1)]
    assert found["distinct_bigrams"] == pytest.approx(len(set(pairs)) / max(1, len(pairs)))


def test_nearly_no_temperature_is_greedy(tiny: Tiny) -> None:
    (found,) = sampling_sweep(tiny.model, tiny.tokenizer, TEXT, [1e-4], None, SAMPLES, 2)
    with torch.no_grad():
        first = int(tiny.model(tiny.ids(TEXT)).logits[0, -1].argmax())
    assert found["distinct"] == 1 / SAMPLES
    assert found["texts"][0].startswith(tiny.tokenizer.decode([first]))


def test_the_random_state_stays(tiny: Tiny) -> None:
    before = torch.get_rng_state()
    sampling_sweep(tiny.model, tiny.tokenizer, TEXT, [1.0], None, 1, 1)
    assert torch.equal(torch.get_rng_state(), before)


def test_settings_out_of_range_are_refused(tiny: Tiny) -> None:
    for temperatures, top_ps in (([0.0], None), ([1.0], [0.0]), ([1.0], [1.1])):
        with pytest.raises(ValueError, match="above 0"):
            sampling_sweep(tiny.model, tiny.tokenizer, TEXT, temperatures, top_ps)
    with pytest.raises(ValueError, match="at least 1"):
        sampling_sweep(tiny.model, tiny.tokenizer, TEXT, [1.0], samples=0)
