"""Paraphrases: does the model's next word depend on what is asked, or on how?

Prompts that should mean the same get a next-token distribution each. How far these lie apart is
measured by the Jensen-Shannon divergence, which is 0 for equal ones and the log of 2 for two that
share no token.

Source: Elazar et al., "Measuring and Improving Consistency in Pretrained Language Models",
arXiv:2102.01017; Lin, "Divergence measures based on the Shannon entropy", 1991.
"""

from typing import Any

import torch

from ._readings import named, next_log_probs


def paraphrase_consistency(
    model: Any, tokenizer: Any, prompts: list[str], top_k: int = 5
) -> dict[str, Any]:
    """Compares the next-token distributions after several prompts.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        prompts: at least two.
        top_k: how many next tokens to list.

    Returns:
        top: the likeliest next tokens after each prompt, list [prompt] of [(token, probability)].
        mean_top: the same of the mean distribution.
        entropy: float32 [prompt], nats.
        divergence: float32 [prompt, prompt], Jensen-Shannon, nats; 0 to 0.693.
        spread: the same of all prompts together, nats; 0 to the log of their number.
        agreement: the share of pairs with the same likeliest token, 0 to 1.

    Raises:
        ValueError: fewer than two prompts, or an empty one.
    """
    if len(prompts) < 2 or not all(prompts):
        raise ValueError("give at least two prompts, none of them empty")
    log_probs = torch.stack(
        [
            next_log_probs(model, tokenizer(prompt, return_tensors="pt").to(model.device))
            for prompt in prompts
        ]
    )  # [prompt, vocab]
    probs = log_probs.exp()
    entropy = _entropy(probs)
    middle = (probs[:, None] + probs[None]) / 2  # [prompt, prompt, vocab]
    divergence = _entropy(middle) - (entropy[:, None] + entropy[None]) / 2
    likeliest = probs.argmax(-1)
    same = (likeliest[:, None] == likeliest[None]).float()
    count = len(prompts)
    return {
        "top": [named(tokenizer, row.topk(top_k)) for row in probs],
        "mean_top": named(tokenizer, probs.mean(0).topk(top_k)),
        "entropy": entropy,
        # Rounding may leave a little less than nothing.
        "divergence": divergence.clamp_min(0),
        "spread": max(0.0, float(_entropy(probs.mean(0)) - entropy.mean())),
        "agreement": float((same.sum() - count) / (count * (count - 1))),
    }


def _entropy(probs: torch.Tensor) -> torch.Tensor:
    return torch.special.entr(probs).sum(-1)
