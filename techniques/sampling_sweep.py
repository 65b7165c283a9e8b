"""Sampling sweep: what temperature and nucleus do to a model's texts.

Source: Holtzman et al., "The Curious Case of Neural Text Degeneration", arXiv:1904.09751;
Li et al., "A Diversity-Promoting Objective Function", arXiv:1510.03055, for distinct bigrams.
"""

import itertools
from typing import Any

import torch


def sampling_sweep(
    model: Any,
    tokenizer: Any,
    prompt: str,
    temperatures: list[float],
    top_ps: list[float] | None = None,
    samples: int = 8,
    max_new_tokens: int = 20,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Samples continuations for every pair of a temperature and a nucleus.

    Every pair begins from the same seed, so that pairs differ by their setting and not by luck.
    torch's random state is left as it was.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        prompt: at least one token.
        temperatures: each above 0.
        top_ps: the share of probability to draw from, each above 0 and at most 1; None: [1.0].
        samples: continuations for each pair.
        max_new_tokens: length of each.
        seed: of the draws.

    Returns:
        One dictionary a pair, temperatures outermost:
        temperature, top_p: the pair.
        texts: the continuations, list [sample].
        log_probs: float32 [sample], of each continuation under the model itself, at temperature 1
            and without a nucleus, nats a token.
        distinct: the share of different texts among them, 0 to 1.
        distinct_bigrams: the share of different pairs of neighbouring tokens, over all texts; 0
            where there is none.

    Raises:
        ValueError: prompt is empty, samples or max_new_tokens is below 1, or a setting is out of
            its range.
    """
    nuclei = [1.0] if top_ps is None else top_ps
    if not prompt or samples < 1 or max_new_tokens < 1:
        raise ValueError("prompt must hold text; samples and max_new_tokens must be at least 1")
    if any(each <= 0 for each in temperatures) or any(not 0 < each <= 1 for each in nuclei):
        raise ValueError("temperatures must be above 0, and top_ps above 0 and at most 1")
    inputs = tokenizer(prompt, return_tensors="pt").to(model.device)
    before = inputs["input_ids"].shape[1]
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    state = torch.get_rng_state()
    found = []
    try:
        for temperature in temperatures:
            for top_p in nuclei:
                torch.manual_seed(seed)
                with torch.no_grad():
                    output = model.generate(
                        **inputs,
                        do_sample=True,
                        temperature=temperature,
                        top_p=top_p,
                        top_k=0,  # off, whatever the model's own settings say
                        num_return_sequences=samples,
                        max_new_tokens=max_new_tokens,
                        pad_token_id=tokenizer.eos_token_id,
                    )
                    logits = model(input_ids=output).logits[:, before - 1 : -1].float()
                log_probs = torch.log_softmax(logits, dim=-1)
                new = output[:, before:]  # [sample, token]
                given = log_probs.gather(2, new[..., None])[..., 0]
                rows = [_up_to_end(row, ends) for row in new.tolist()]
                texts = [tokenizer.decode(row, skip_special_tokens=True) for row in rows]
                pairs = [pair for row in rows for pair in itertools.pairwise(row)]
                found.append(
                    {
                        "temperature": temperature,
                        "top_p": top_p,
                        "texts": texts,
                        "log_probs": torch.stack(
                            [given[i, : len(row)].mean() for i, row in enumerate(rows)]
                        ),
                        "distinct": len(set(texts)) / samples,
                        "distinct_bigrams": len(set(pairs)) / max(1, len(pairs)),
                    }
                )
    finally:
        torch.set_rng_state(state)
    return found


def _up_to_end(row: list[int], ends: list[int]) -> list[int]:
    """Up to the first token that ends a text, and with it; what follows is padding."""
    for place, token in enumerate(row):
        if token in ends:
            return row[: place + 1]
    return row
