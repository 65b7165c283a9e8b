"""Cache ablation: which remembered tokens does the next word depend on?

A model that decodes reads earlier tokens only through their keys and values in its cache. Here the
prompt's cache is damaged at one place at a time, and the last token is read again: what changes is
what it took from there.

Source: Xiao et al., "Efficient Streaming Language Models with Attention Sinks", arXiv:2309.17453;
Zhang et al., "H2O: Heavy-Hitter Oracle", arXiv:2306.14048, on which entries matter.
"""

from typing import Any

import torch

from ._readings import named


def cache_ablation(
    model: Any, tokenizer: Any, text: str, donor: str | None = None, top_k: int = 5
) -> dict[str, Any]:
    """Drops, empties or replaces each entry of the cache before the last token is read.

    Every measure is the divergence of the damaged next-token distribution from the model's own, in
    nats. A layer with a sliding window remembers the window alone: what it has forgotten cannot be
    damaged, and counts 0.

    Args:
        model: a causal language model that takes transformers' caches.
        tokenizer: its tokenizer.
        text: at least two tokens; all but the last are in the cache.
        donor: a text with as many tokens, whose keys and values replace the text's; None: none.
        top_k: how many next tokens to list.

    Returns:
        tokens: the tokens in the cache, list [token].
        dropped: float32 [token], where the token is hidden from all layers.
        emptied: float32 [layer, token], where one layer's value there is zero: its key draws as
            much attention as before, and gives nothing for it.
        replaced: float32 [layer, token], where one layer's key and value there are the donor's;
            None without a donor.
        top: the likeliest next tokens of the undamaged run, [(token, probability)].

    Raises:
        ValueError: fewer than two tokens, or the donor has another number of them.
    """
    ids = tokenizer(text, return_tensors="pt")["input_ids"].to(model.device)
    count = ids.shape[1] - 1
    if count < 1:
        raise ValueError(f"at least two tokens are needed, the text has {ids.shape[1]}")

    def remembered(tokens: torch.Tensor) -> tuple[str, Any]:
        """All but the last token in a new cache, a row of the batch for each place; and the name
        by which the model takes it."""
        with torch.no_grad():
            output = model(input_ids=tokens[:, :-1], use_cache=True)
        name = "cache" if "cache" in output.keys() else "past_key_values"  # noqa: SIM118
        cache = output[name]
        cache.batch_repeat_interleave(count)
        return name, cache

    def last(mask: torch.Tensor, name: str, cache: Any) -> torch.Tensor:
        """Log-probabilities of the next token, float32 [place, vocab]."""
        with torch.no_grad():
            output = model(
                input_ids=ids[:, -1:].repeat(count, 1),
                attention_mask=mask,
                position_ids=torch.full((count, 1), count, device=model.device),
                **{name: cache},
            )
        return torch.log_softmax(output.logits[:, -1].float(), dim=-1)

    seen = torch.ones(count, count + 1, dtype=torch.long, device=model.device)
    plain = last(seen, *remembered(ids))

    def divergence(damaged: torch.Tensor) -> torch.Tensor:
        return (damaged.exp() * (damaged - plain)).sum(-1).clamp_min(0).cpu()

    hidden = seen.clone()
    hidden.fill_diagonal_(0)
    dropped = divergence(last(hidden, *remembered(ids)))

    others = None
    if donor is not None:
        donor_ids = tokenizer(donor, return_tensors="pt")["input_ids"].to(model.device)
        if donor_ids.shape != ids.shape:
            raise ValueError(
                f"the donor must have as many tokens: the text has {ids.shape[1]}, "
                f"the donor has {donor_ids.shape[1]}"
            )
        others = remembered(donor_ids)[1].layers
    emptied, replaced = [], []
    for number in range(len(remembered(ids)[1].layers)):
        name, cache = remembered(ids)
        layer = cache.layers[number]
        row, place = _places(layer, count)
        layer.values[row, :, place] = 0
        emptied.append(divergence(last(seen, name, cache)))
        if others is not None:
            name, cache = remembered(ids)
            layer, other = cache.layers[number], others[number]
            layer.keys[row, :, place] = other.keys[row, :, place]
            layer.values[row, :, place] = other.values[row, :, place]
            replaced.append(divergence(last(seen, name, cache)))
    return {
        "tokens": [tokenizer.decode([token]) for token in ids[0, :-1].tolist()],
        "dropped": dropped,
        "emptied": torch.stack(emptied),
        "replaced": torch.stack(replaced) if replaced else None,
        "top": named(tokenizer, plain[0].exp().topk(top_k)),
    }


def _places(layer: Any, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of the batch, and where each row's own token lies in what a layer still remembers."""
    kept = layer.keys.shape[2]
    row = torch.arange(count - kept, count, device=layer.keys.device)
    return row, row - (count - kept)
