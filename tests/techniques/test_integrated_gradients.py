import pytest
import torch

from techniques.integrated_gradients import integrated_gradients
from tests.techniques.conftest import TEXT, Tiny


def test_the_shares_add_up(tiny: Tiny) -> None:
    found = integrated_gradients(tiny.model, tiny.tokenizer, TEXT, steps=128)
    assert found["error"] < 0.05
    change = found["value"] - found["baseline_value"]
    assert float(found["attributions"].sum()) == pytest.approx(change, rel=0.05)


def test_each_share_is_an_integral_of_slopes(tiny: Tiny) -> None:
    """Slopes measured by moving one token's embedding a little, in float64, without gradients."""
    steps, small = 4, 1e-2
    found = integrated_gradients(tiny.model, tiny.tokenizer, TEXT, " Paris", " Rome", " the", steps)
    model, ids = tiny.fresh().double(), tiny.ids(TEXT)
    right, wrong, neutral = (
        tiny.tokenizer(word, add_special_tokens=False)["input_ids"][0]
        for word in (" Paris", " Rome", " the")
    )
    special = [token in tiny.tokenizer.all_special_ids for token in ids[0].tolist()]
    replaced = [
        token if kept else neutral for token, kept in zip(ids[0].tolist(), special, strict=True)
    ]
    with torch.no_grad():
        given = model.get_input_embeddings()(ids)
        baseline = model.get_input_embeddings()(torch.tensor([replaced]))

    def value(embeddings: torch.Tensor) -> float:
        with torch.no_grad():
            logits = model(inputs_embeds=embeddings).logits[0, -1]
        return float(logits[right] - logits[wrong])

    assert found["value"] == pytest.approx(value(given), abs=1e-4)
    assert found["baseline_value"] == pytest.approx(value(baseline), abs=1e-4)
    for position in range(ids.shape[1]):
        way = torch.zeros_like(given)
        way[0, position] = (given - baseline)[0, position]
        total = 0.0
        for step in range(steps):
            point = baseline + (step + 0.5) / steps * (given - baseline)
            total += (value(point + small * way) - value(point - small * way)) / (2 * small)
        share = float(found["attributions"][position])
        assert share == pytest.approx(total / steps, abs=3e-3, rel=2e-2)
        assert not special[position] or share == 0


def test_the_likeliest_answer_is_explained_unless_another_is_named(tiny: Tiny) -> None:
    found = integrated_gradients(tiny.model, tiny.tokenizer, TEXT, steps=1)
    with torch.no_grad():
        logits = tiny.model(tiny.ids(TEXT)).logits[0, -1]
    assert found["answer"] == tiny.tokenizer.decode([int(logits.argmax())])
    assert found["value"] == pytest.approx(float(logits.max()), abs=1e-4)


def test_nothing_to_explain_is_refused(tiny: Tiny) -> None:
    for text, steps in (("", 3), (TEXT, 0)):
        with pytest.raises(ValueError, match="must"):
            integrated_gradients(tiny.model, tiny.tokenizer, text, steps=steps)
