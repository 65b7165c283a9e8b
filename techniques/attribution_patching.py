"""Attribution patching: every activation patch at once, to first order.

A patch replaces an activation of the corrupted run by the clean run's. Its effect on the answer is,
to first order, the gradient there times the change: two forward passes and one backward pass stand
in for one forward pass a place.

Source: Nanda, "Attribution Patching: Activation Patching At Industrial Scale", 2023;
Syed et al., "Attribution Patching Outperforms Automated Circuit Discovery", arXiv:2310.10348.
"""

from typing import Any

import torch

from ._readings import contrast
from ._structure import blocks, stream


def attribution_patching(
    model: Any, tokenizer: Any, clean: str, corrupted: str, answer: str, wrong: str
) -> dict[str, Any]:
    """Estimates what patching each block's output at each token would restore.

    The measure is that of activation patching: the logit of `answer` less that of `wrong` at the
    last position. 0 means that the patch would change nothing, 1 that it would restore the clean
    prompt's value. Near the last token of late layers the estimate is coarse: the norms after it
    are far from linear over so large a change.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        clean: a prompt, such as "The Eiffel Tower is in the city of".
        corrupted: the same prompt about something else, with as many tokens.
        answer: the clean prompt's next word, such as " Paris"; its first token counts.
        wrong: the corrupted prompt's next word, such as " Rome"; its first token counts.

    Returns:
        tokens: the corrupted prompt's tokens, list [token].
        restored: float32 [layer, token], the estimated share of the difference that comes back.
        clean_difference: of the clean prompt's logits.
        corrupted_difference: of the corrupted prompt's logits.

    Raises:
        ValueError: the prompts have different numbers of tokens, the answers begin with the same
            token, or the model tells the prompts apart by less than 1e-6.
    """
    clean_ids, corrupted_ids, right_id, wrong_id = contrast(
        model, tokenizer, clean, corrupted, answer, wrong
    )

    def run(ids: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Each block's output [1, token, hidden], and the difference of the logits."""
        kept: list[torch.Tensor] = []
        handles = [
            block.register_forward_hook(lambda module, args, output: kept.append(stream(output)))
            for block in blocks(model)
        ]
        try:
            logits = model(input_ids=ids).logits[0, -1].float()
        finally:
            for handle in handles:
                handle.remove()
        return kept, logits[right_id] - logits[wrong_id]

    with torch.no_grad():
        clean_streams, clean_difference = run(clean_ids)
    corrupted_streams, corrupted_difference = run(corrupted_ids)
    gap = float(clean_difference - corrupted_difference.detach())
    if abs(gap) < 1e-6:
        raise ValueError("the model answers both prompts alike: there is nothing to restore")
    gradients = torch.autograd.grad(corrupted_difference, corrupted_streams)
    effects = [
        (gradient * (there - here))[0].float().sum(-1)
        for gradient, there, here in zip(gradients, clean_streams, corrupted_streams, strict=True)
    ]
    return {
        "tokens": [tokenizer.decode([token]) for token in corrupted_ids[0].tolist()],
        "restored": torch.stack(effects).detach().cpu() / gap,
        "clean_difference": float(clean_difference),
        "corrupted_difference": float(corrupted_difference.detach()),
    }
