import math
from statistics import mean

import pytest
import torch

from techniques.attention_patterns import attention_patterns
from tests.support.tiny_model import HEADS, LAYERS
from tests.techniques.conftest import TEXT, Tiny


def test_without_queries_every_head_averages_over_what_it_may_see(tiny: Tiny) -> None:
    model = tiny.fresh()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Scores of 0, so query i spreads evenly over its i + 1 keys. Two families keep
            # queries, keys and values in one matrix; attention does not depend on the values.
            if any(part in name for part in ("q_proj", "c_attn", "query_key_value")):
                parameter.zero_()
    found = attention_patterns(model, tiny.tokenizer, TEXT)

    visible = range(2, len(found["tokens"]) + 1)
    entropy, share = mean(math.log(n) for n in visible), mean(1 / n for n in visible)
    every_head = torch.ones(LAYERS, HEADS)
    torch.testing.assert_close(found["entropy"], entropy * every_head)
    torch.testing.assert_close(found["to_first"], share * every_head)
    torch.testing.assert_close(found["to_previous"], share * every_head)


def test_measures_match_loops_over_the_maps(tiny: Tiny) -> None:
    found = attention_patterns(tiny.model, tiny.tokenizer, TEXT, strongest=3)
    with torch.no_grad():
        maps = tiny.model(tiny.ids(TEXT), output_attentions=True).attentions
    for layer in range(LAYERS):
        for head in range(HEADS):
            rows = maps[layer][0, head].tolist()[1:]
            entropy = mean(-sum(p * math.log(p) for p in row if p > 0) for row in rows)
            previous = mean(row[i] for i, row in enumerate(rows))
            assert float(found["entropy"][layer, head]) == pytest.approx(entropy, rel=1e-4)
            assert float(found["to_previous"][layer, head]) == pytest.approx(previous, rel=1e-4)
            first = mean(row[0] for row in rows)
            assert float(found["to_first"][layer, head]) == pytest.approx(first, rel=1e-4)


def test_strongest_heads_are_the_largest_entries(tiny: Tiny) -> None:
    found = attention_patterns(tiny.model, tiny.tokenizer, TEXT, strongest=3)
    for name, heads in found["strongest"].items():
        everything = sorted(found[name].flatten().tolist(), reverse=True)
        assert [value for _, _, value in heads] == everything[:3]
        assert all(float(found[name][layer, head]) == value for layer, head, value in heads)


def test_one_token_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="two tokens"):
        attention_patterns(tiny.model, tiny.tokenizer, "")


def test_a_model_without_maps_is_refused(tiny: Tiny) -> None:
    model = tiny.fresh()
    model.set_attn_implementation("sdpa")
    with pytest.raises(ValueError, match="eager"):
        attention_patterns(model, tiny.tokenizer, TEXT)
