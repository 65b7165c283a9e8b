"""Attention patterns: where each head looks, as three numbers a head.

A head that looks at the token before is the first half of an induction circuit; one that looks at
the first token is resting; one with high entropy averages over the text.

Source: Elhage et al., "A Mathematical Framework for Transformer Circuits", 2021;
Xiao et al., "Efficient Streaming Language Models with Attention Sinks", arXiv:2309.17453.
"""

from typing import Any

import torch

from ._readings import strongest_heads


def attention_patterns(model: Any, tokenizer: Any, text: str, strongest: int = 5) -> dict[str, Any]:
    """Measures every attention head on one text.

    All three are means over the query positions from the second on: the first can only look at
    itself.

    Args:
        model: a causal language model with eager attention.
        tokenizer: its tokenizer.
        text: at least two tokens.
        strongest: how many heads to list for each measure.

    Returns:
        tokens: the text's tokens, list [token].
        entropy: float32 [layer, head], nats; at most the log of the number of tokens.
        to_first: float32 [layer, head], the share of attention on the first token, 0 to 1.
        to_previous: float32 [layer, head], the share on the token before, 0 to 1.
        strongest: for each of the three, the heads with the largest values, as
            (layer, head, value), largest first.

    Raises:
        ValueError: fewer than two tokens, or the model returns no attention maps.
    """
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    tokens = [tokenizer.decode([token]) for token in inputs["input_ids"][0].tolist()]
    if len(tokens) < 2:
        raise ValueError(f"at least two tokens are needed, the text has {len(tokens)}")
    with torch.no_grad():
        maps = model(**inputs, output_attentions=True).attentions
    if not maps or maps[0] is None:
        raise ValueError("no attention maps: load the model with attn_implementation='eager'")
    attention = torch.stack([layer[0].float() for layer in maps])  # [layer, head, query, key]

    queries = attention[:, :, 1:]
    measures = {
        "entropy": torch.special.entr(queries).sum(-1).mean(-1),
        "to_first": queries[..., 0].mean(-1),
        "to_previous": torch.diagonal(attention, offset=-1, dim1=-2, dim2=-1).mean(-1),
    }
    return {
        "tokens": tokens,
        **measures,
        "strongest": {
            name: strongest_heads(values, strongest) for name, values in measures.items()
        },
    }
