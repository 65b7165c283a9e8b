"""Activation capture: what modules of your choice receive or give while the model reads a text.

The names are those of `model.named_modules()`: `client.run` of a technique that returns
`[name for name, _ in model.named_modules()]` lists them.

Source: the method is PyTorch's forward hooks; for what such activations are used for, see
Elhage et al., "A Mathematical Framework for Transformer Circuits", 2021.
"""

import re
from typing import Any

import torch


def activation_capture(
    model: Any,
    tokenizer: Any,
    text: str,
    modules: str,
    inputs: bool = False,
    positions: list[int] | None = None,
) -> dict[str, Any]:
    """Keeps the first tensor that each chosen module receives or gives.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        text: at least one token.
        modules: a regular expression that a module's whole name must match, such as
            "model.layers.[0-9]+.mlp" or "transformer.h.0..*".
        inputs: what modules receive, instead of what they give.
        positions: which tokens to keep, negative ones from the end; None: all.

    Returns:
        tokens: the kept tokens, list [token].
        activations: by module's name, in the order in which the modules ran, in the model's dtype;
            [token, ...], without the batch. A module that ran twice has its last.

    Raises:
        ValueError: text is empty, no module has a name that matches, or the modules that match
            never ran or handle no tensor with a place for each token.
        IndexError: no such position.
    """
    if not text:
        raise ValueError("text is empty")
    wanted = re.compile(modules)
    chosen = {name: each for name, each in model.named_modules() if wanted.fullmatch(name)}
    if not chosen:
        known = [name for name, _ in model.named_modules()]
        raise ValueError(f"no module's name matches {modules!r}; there are {known[1:6]} and more")
    encoded = tokenizer(text, return_tensors="pt").to(model.device)
    ids = encoded["input_ids"][0].tolist()
    kept: dict[str, torch.Tensor] = {}

    def keep(name: str, value: Any) -> None:
        tensor = _first_tensor(value)
        if tensor is not None and tensor.dim() > 1 and tensor.shape[:2] == (1, len(ids)):
            rows = tensor[0] if positions is None else tensor[0, positions]
            kept[name] = rows.detach().clone()  # a later module may write into it

    handles = [
        each.register_forward_hook(
            lambda module, args, kwargs, output, name=name: keep(
                name, [*args, *kwargs.values()] if inputs else output
            ),
            with_kwargs=True,
        )
        for name, each in chosen.items()
    ]
    try:
        with torch.no_grad():
            model(**encoded)
    finally:
        for handle in handles:
            handle.remove()
    if not kept:
        raise ValueError(f"none of {sorted(chosen)[:5]} handled a tensor with a place a token")
    shown = ids if positions is None else [ids[position] for position in positions]
    return {"tokens": [tokenizer.decode([token]) for token in shown], "activations": kept}


def _first_tensor(value: Any) -> torch.Tensor | None:
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return next((each for each in value if isinstance(each, torch.Tensor)), None)
    return None
