"""The most likely next tokens after a text: the smallest question to a language model."""

from typing import Any

import torch


def next_token(
    model: Any, tokenizer: Any, text: str, top_k: int = 10, temperature: float = 1.0
) -> list[tuple[str, float]]:
    """The `top_k` most likely next tokens and their probabilities, the likeliest first.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        text: at least one token.
        top_k: how many to return.
        temperature: divides the logits; above 1 flattens the distribution, below 1 sharpens it.

    Returns:
        Pairs of a token's text and its probability, between 0 and 1.

    Raises:
        ValueError: text is empty, or temperature is not above 0.
    """
    if not text:
        raise ValueError("text is empty")
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0, not {temperature}")
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    with torch.no_grad():
        logits = model(**inputs).logits[0, -1].float()  # [vocab]
    top = torch.softmax(logits / temperature, dim=-1).topk(top_k)
    return [
        (tokenizer.decode([token]), probability)
        for token, probability in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    ]
