"""Weight edit: switch one MLP layer off in place and see what the model forgets.

The model stays edited for whoever holds it. Under Cloche that is this call alone: the next one
meets the model as it was loaded.

Source: Geva et al., "Transformer Feed-Forward Layers Are Key-Value Memories", arXiv:2012.14913.
"""

from typing import Any

import torch

from ._readings import named, next_log_probs
from ._structure import blocks


def weight_edit(
    model: Any, tokenizer: Any, text: str, layer: int, top_k: int = 5
) -> dict[str, Any]:
    """Sets every weight of one block's MLP to zero, for good, and compares the next token.

    Args:
        model: a causal language model whose blocks have a child named "mlp".
        tokenizer: its tokenizer.
        text: at least one token.
        layer: which block, from 0; negative counts from the last.
        top_k: how many next tokens to list.

    Returns:
        kl: float, nats; of the distribution after the edit from the one before.
        before: the likeliest next tokens before the edit, [(token, probability)].
        after: the same after it.
        zeroed: names of the parameters set to zero, relative to the block.
        norm_before: the length of those parameters before, as one vector.

    Raises:
        ValueError: text is empty, or the block has no child named "mlp".
        IndexError: no such layer.
    """
    if not text:
        raise ValueError("text is empty")
    block = blocks(model)[layer]
    children = dict(block.named_children())
    if "mlp" not in children:
        raise ValueError(f"block {layer} has no child 'mlp', only {sorted(children)}")
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    before = next_log_probs(model, inputs)
    zeroed, squares = [], 0.0
    with torch.no_grad():
        for name, parameter in children["mlp"].named_parameters():
            squares += float(parameter.float().square().sum())
            parameter.zero_()
            zeroed.append(f"mlp.{name}")
    after = next_log_probs(model, inputs)
    return {
        "kl": float((after.exp() * (after - before)).sum()),
        "before": named(tokenizer, before.exp().topk(top_k)),
        "after": named(tokenizer, after.exp().topk(top_k)),
        "zeroed": zeroed,
        "norm_before": squares**0.5,
    }
