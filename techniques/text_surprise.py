"""Surprise: the log-probability that the model gives each token of a text, and its perplexity.

Source: Jelinek et al., "Perplexity, a measure of the difficulty of speech recognition tasks",
J. Acoust. Soc. Am. 62, 1977; Shannon, "Prediction and Entropy of Printed English", 1951.
"""

from typing import Any

import torch


def text_surprise(
    model: Any, tokenizer: Any, text: str, context: str = "", top_k: int = 3
) -> dict[str, Any]:
    """Reads a text once and says how well each of its tokens was foreseen.

    Without a context the first token has nothing before it but what the tokenizer adds; where it
    adds nothing, the first token is not counted.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        text: what is judged.
        context: what comes before, and is not judged.
        top_k: how many likelier tokens to list at each place.

    Returns:
        tokens: the judged tokens, list [token].
        log_probs: float32 [token], nats.
        ranks: of each token among all, list [token]; 0 is the likeliest.
        entropy: float32 [token], nats; of the prediction before each token.
        expected: for each token the likeliest ones, list [token] of (token, probability).
        mean_log_prob: nats a token.
        perplexity: exp(-mean_log_prob).
        bits_per_byte: of the text as UTF-8, which compares models with different tokenizers.

    Raises:
        ValueError: no token of the text has one before it.
    """
    before = tokenizer(context)["input_ids"]
    own = tokenizer(text, add_special_tokens=not before)["input_ids"]
    first = max(1, len(before))
    if not before and own and own[0] in tokenizer.all_special_ids:
        first = 1
    ids = torch.tensor([before + own], device=model.device)
    if ids.shape[1] <= first:
        raise ValueError("no token of the text has one before it: give more text, or a context")
    with torch.no_grad():
        logits = model(input_ids=ids).logits[0, first - 1 : -1].float()
    log_probs = torch.log_softmax(logits, dim=-1)  # [token, vocab]
    judged = ids[0, first:]
    given = log_probs.gather(1, judged[:, None])  # [token, 1]
    top = log_probs.exp().topk(top_k, dim=-1)
    mean = float(given.mean())
    return {
        "tokens": [tokenizer.decode([token]) for token in judged.tolist()],
        "log_probs": given[:, 0],
        "ranks": (log_probs > given).sum(-1).tolist(),
        "entropy": -(log_probs.exp() * log_probs).sum(-1),
        "expected": [
            [(tokenizer.decode([i]), p) for i, p in zip(row_ids, row_probs, strict=True)]
            for row_ids, row_probs in zip(top.indices.tolist(), top.values.tolist(), strict=True)
        ],
        "mean_log_prob": mean,
        "perplexity": float(torch.tensor(-mean).exp()),
        "bits_per_byte": -float(given.sum()) / 0.6931471805599453 / len(text.encode()),
    }
