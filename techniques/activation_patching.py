"""Activation patching: which layer and token carry the fact that tells two prompts apart.

The model reads a corrupted prompt, and at one place, one layer and one token, its residual stream
is replaced by what it was for the clean prompt. How far the answer comes back says how much that
place knows.

Source: Meng et al., "Locating and Editing Factual Associations in GPT", arXiv:2202.05262,
section 2.1; Zhang and Nanda, "Towards Best Practices of Activation Patching", arXiv:2309.16042.
"""

from typing import Any

import torch

from ._readings import contrast
from ._structure import blocks, stream, with_stream


def activation_patching(
    model: Any, tokenizer: Any, clean: str, corrupted: str, answer: str, wrong: str
) -> dict[str, Any]:
    """Patches every layer and token position of the corrupted run, one at a time.

    The measure is the logit of `answer` less that of `wrong` at the last position. 0 means that the
    patch changed nothing, 1 that it restored the clean prompt's value.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        clean: a prompt, such as "The Eiffel Tower is in the city of".
        corrupted: the same prompt about something else, with as many tokens.
        answer: the clean prompt's next word, such as " Paris"; its first token counts.
        wrong: the corrupted prompt's next word, such as " Rome"; its first token counts.

    Returns:
        tokens: the corrupted prompt's tokens, list [token].
        restored: float32 [layer, token], the share of the difference that comes back.
        clean_difference: of the clean prompt's logits.
        corrupted_difference: of the corrupted prompt's logits.

    Raises:
        ValueError: the prompts have different numbers of tokens, the answers begin with the same
            token, or the model tells the prompts apart by less than 1e-6.
    """
    clean_ids, corrupted_ids, right_id, wrong_id = contrast(
        model, tokenizer, clean, corrupted, answer, wrong
    )
    length = clean_ids.shape[1]

    def difference(ids: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            # Two positions: one alone is multiplied in another order, by where weights lie.
            kept = model(input_ids=ids, logits_to_keep=2).logits
            logits: torch.Tensor = kept[:, -1].float()  # [batch, vocab]
        return logits[:, right_id] - logits[:, wrong_id]

    layers = blocks(model)
    clean_streams: list[torch.Tensor] = []  # one [token, hidden] a layer
    handles = [
        block.register_forward_hook(
            lambda module, args, output: clean_streams.append(stream(output)[0])
        )
        for block in layers
    ]
    try:
        clean_difference = float(difference(clean_ids))
    finally:
        for handle in handles:
            handle.remove()
    corrupted_difference = float(difference(corrupted_ids))
    gap = clean_difference - corrupted_difference
    if abs(gap) < 1e-6:
        raise ValueError("the model answers both prompts alike: there is nothing to restore")

    # One batch a layer: row p is the corrupted prompt with position p patched.
    batch = corrupted_ids.repeat(length, 1)
    position = torch.arange(length, device=model.device)
    restored = torch.zeros(len(layers), length)
    for layer, block in enumerate(layers):

        def patch(module: Any, args: Any, output: Any, layer: int = layer) -> Any:
            patched = stream(output).clone()
            patched[position, position] = clean_streams[layer]
            return with_stream(output, patched)

        handle = block.register_forward_hook(patch)
        try:
            restored[layer] = (difference(batch) - corrupted_difference).cpu() / gap
        finally:
            handle.remove()
    return {
        "tokens": [tokenizer.decode([token]) for token in corrupted_ids[0].tolist()],
        "restored": restored,
        "clean_difference": clean_difference,
        "corrupted_difference": corrupted_difference,
    }
