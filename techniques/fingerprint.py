"""Fingerprint: what a call sees of the model and of torch, to compare with another call's.

Two calls that meet the same pristine model have the same fingerprint, bit for bit.
"""

from typing import Any

import torch


def fingerprint(
    model: Any, tokenizer: Any, text: str = "The capital of France is"
) -> dict[str, Any]:
    """Runs the model once, sums up its weights, and looks at torch's global state.

    It draws from torch's random generator, so call it once in a process, or with the same seed.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        text: at least one token.

    Returns:
        logits: of the last position, in the model's dtype, [vocab].
        sums: the sum of each parameter's and buffer's values by name, summed in float64.
        training: names of the modules in training mode.
        default_dtype: torch's, such as "torch.float32".
        random: four draws from torch's generator, float64 [4].

    Raises:
        ValueError: text is empty.
    """
    if not text:
        raise ValueError("text is empty")
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    with torch.no_grad():
        logits = model(**inputs).logits[0, -1].clone()
        tensors = [*model.named_parameters(), *model.named_buffers()]
        sums = {name: float(tensor.sum(dtype=torch.float64)) for name, tensor in tensors}
    return {
        "logits": logits,
        "sums": sums,
        "training": [name for name, module in model.named_modules() if module.training],
        "default_dtype": str(torch.get_default_dtype()),
        "random": torch.rand(4, dtype=torch.float64),
    }
