"""Against runs without a cache: the damage is done inside attention, at the last query alone."""

from typing import Any

import pytest
import torch

from techniques.cache_ablation import cache_ablation
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import TEXT, Tiny, kl, log_softmax

DONOR = "The capital of Italy is"
LONG = "The capital of France is Paris, and the capital of Italy is"  # beyond Gemma's window


def _last(tiny: Tiny, model: Any, text: str, **kwargs: Any) -> Any:
    with torch.no_grad():
        return log_softmax(model(tiny.ids(text), use_cache=False, **kwargs).logits[0, -1])


def test_a_dropped_token_is_one_that_the_last_query_does_not_see(tiny: Tiny) -> None:
    found = cache_ablation(tiny.model, tiny.tokenizer, TEXT)
    length = tiny.ids(TEXT).shape[1]
    plain = _last(tiny, tiny.model, TEXT)
    assert found["replaced"] is None
    assert found["top"][0][0] == tiny.tokenizer.decode([int(plain.argmax())])
    for place in range(length - 1):
        mask = torch.full((length, length), torch.finfo(torch.float32).min).triu(1)
        mask[-1, place] = torch.finfo(torch.float32).min
        four = mask[None, None]
        seen: Any = four
        if tiny.architecture == "gemma3":  # one mask for each kind of layer; the text fits both
            seen = {"full_attention": four, "sliding_attention": four}
        damaged = _last(tiny, tiny.model, TEXT, attention_mask=seen)
        assert float(found["dropped"][place]) == pytest.approx(float(kl(damaged, plain)), abs=1e-4)


# How each family makes a layer's values, and where in that output they lie.
def _values(tiny: Tiny, model: Any, layer: int) -> tuple[Any, Any]:
    block = tiny.blocks(model)[layer]
    if tiny.architecture == "gpt2":
        return block.attn.c_attn, lambda out: out[..., 128:]
    if tiny.architecture == "gpt_neox":  # query, key and value of each head side by side
        return block.attention.query_key_value, lambda out: out.unflatten(-1, (4, 48))[..., 32:]
    return block.self_attn.v_proj, lambda out: out


def test_an_emptied_value_is_missing_from_the_last_query_alone(tiny: Tiny) -> None:
    """Its values are zero while the last token is read again behind an undamaged prompt."""
    found = cache_ablation(tiny.model, tiny.tokenizer, TEXT)
    plain = _last(tiny, tiny.model, TEXT)
    length = tiny.ids(TEXT).shape[1]
    with torch.no_grad():
        states = tiny.model(tiny.ids(TEXT), output_hidden_states=True).hidden_states
    for layer in range(LAYERS):
        for place in (0, length - 2):
            model = tiny.fresh()
            module, part = _values(tiny, model, layer)

            def empty(m: Any, args: Any, out: Any, part: Any = part, place: int = place) -> Any:
                emptied = out.clone()
                part(emptied)[:, place] = 0
                return emptied

            module.register_forward_hook(empty)
            # Whatever the damage did to earlier tokens is undone before the next block.
            for later in range(layer + 1, LAYERS):

                def mend(m: Any, args: Any, later: int = later) -> Any:
                    mended = states[later].clone()
                    mended[:, -1] = args[0][:, -1]
                    return (mended, *args[1:])

                tiny.blocks(model)[later].register_forward_pre_hook(mend)
            expected = float(kl(_last(tiny, model, TEXT), plain))
            assert float(found["emptied"][layer, place]) == pytest.approx(expected, abs=1e-4)


def test_a_replaced_entry_is_the_donors(tiny: Tiny) -> None:
    """At the first place where the texts differ; before it there is nothing to replace."""
    found = cache_ablation(tiny.model, tiny.tokenizer, TEXT, DONOR)
    own, other = tiny.ids(TEXT)[0], tiny.ids(DONOR)[0]
    differ = (own != other).nonzero()[0].item()
    assert found["replaced"][:, :differ].abs().max() < 1e-6
    assert found["replaced"][0, differ] > 1e-5
    assert cache_ablation(tiny.model, tiny.tokenizer, TEXT, TEXT)["replaced"].max() < 1e-6


def test_what_a_window_has_forgotten_counts_nothing(tiny: Tiny) -> None:
    found = cache_ablation(tiny.model, tiny.tokenizer, LONG)
    count = tiny.ids(LONG).shape[1] - 1
    assert count > 8
    forgotten = count - 7  # a window of 8 holds seven and the token that is read
    for layer, kind in enumerate(getattr(tiny.model.config, "layer_types", None) or [""] * LAYERS):
        early = found["emptied"][layer, :forgotten]
        assert bool((early > 1e-6).any()) == (kind != "sliding_attention")


def test_one_token_is_too_few(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="at least two tokens"):
        cache_ablation(tiny.model, tiny.tokenizer, "")
    with pytest.raises(ValueError, match="the donor must have as many tokens"):
        cache_ablation(tiny.model, tiny.tokenizer, TEXT, LONG)
