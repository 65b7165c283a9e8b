"""Where things are in a model, found by structure: GPT-2, GPT-NeoX, Llama, Qwen, Gemma, their like.

A helper file: it travels along with each technique that imports from it.
"""

from typing import Any

import torch


def blocks(model: Any) -> Any:
    """The list of the model's blocks: as long as the config says, and first from the top.

    Raises:
        ValueError: the model has no such list.
    """
    depth = model.config.get_text_config().num_hidden_layers
    for module in model.modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == depth:
            return module
    raise ValueError(f"no list of {depth} blocks found in the model")


def final_norm(model: Any) -> Any:
    """The norm beside the list of blocks: a module whose weight is a vector.

    Raises:
        ValueError: there is none.
    """
    depth = model.config.get_text_config().num_hidden_layers
    for module in model.modules():
        children = list(module.children())
        if any(isinstance(c, torch.nn.ModuleList) and len(c) == depth for c in children):
            norms = [
                child
                for child in children
                if any(name == "weight" and p.dim() == 1 for name, p in child.named_parameters())
            ]
            if norms:
                return norms[-1]
    raise ValueError("no final norm found beside the model's blocks")


def unembed(model: Any, normed: torch.Tensor) -> torch.Tensor:
    """Logits [..., vocab] of a residual stream [..., hidden] after the final norm."""
    logits: torch.Tensor = model.get_output_embeddings()(normed)
    # Gemma 2 bends its logits so that none exceeds a cap.
    cap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    return logits if cap is None else torch.tanh(logits / cap) * cap


def stream(output: Any) -> Any:
    """The residual stream [batch, token, hidden] in what a block returns."""
    return output[0] if isinstance(output, tuple) else output


def with_stream(output: Any, replaced: torch.Tensor) -> Any:
    """What a block returns, with another residual stream in it."""
    return (replaced, *output[1:]) if isinstance(output, tuple) else replaced
