"""A direction by difference in means, and the model without it.

What two sets of prompts differ in, on average, is often one direction in the residual stream.
Removing it everywhere removes the behaviour: shown for refusal, and usable for any contrast.

Source: Arditi et al., "Refusal in Language Models Is Mediated by a Single Direction",
arXiv:2406.11717, section 2; Marks and Tegmark, "The Geometry of Truth", arXiv:2310.06824.
"""

from typing import Any

import torch

from ._readings import continuation, last_streams, next_log_probs
from ._structure import blocks, stream, with_stream


def refusal_direction(
    model: Any,
    tokenizer: Any,
    harmful: list[str],
    harmless: list[str],
    prompts: list[str],
    layer: int,
    max_new_tokens: int = 30,
) -> dict[str, Any]:
    """Finds the direction after one block, and answers prompts with and without it.

    Without it: its component is taken out of the residual stream before every block and after the
    last, at every token.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        harmful: prompts that show the behaviour, such as requests that the model refuses.
        harmless: prompts that do not.
        prompts: what to answer both ways.
        layer: the block after which the direction is read, at each prompt's last token; from 0,
            negative counts from the last.
        max_new_tokens: length of each answer.

    Returns:
        direction: float32 [hidden], of length 1.
        separation: the distance of the means along it, in standard deviations of the harmless
            prompts' projections; infinite for one prompt.
        projections: of each of `prompts` on the direction, list; after the same block.
        answers: for each prompt a dict with prompt, plain, ablated and kl (nats; of the next-token
            distribution without the direction from the one with it).

    Raises:
        ValueError: a list of prompts is empty, or the means are the same.
        IndexError: no such layer.
    """
    if not harmful or not harmless:
        raise ValueError("harmful and harmless must each hold at least one prompt")
    block = blocks(model)[layer]
    with_it = last_streams(model, tokenizer, [block], harmful)[0]
    without_it = last_streams(model, tokenizer, [block], harmless)[0]
    difference = with_it.mean(0) - without_it.mean(0)
    length = difference.norm()
    if float(length) < 1e-9:
        raise ValueError("the two lists give the same mean: there is no direction between them")
    direction = difference / length
    spread = (without_it @ direction).std(correction=0)

    def ablated(kept: torch.Tensor) -> torch.Tensor:
        unit = direction.to(kept.dtype)
        return kept - (kept @ unit)[..., None] * unit

    layers = blocks(model)

    answers = []
    for prompt in prompts:
        inputs = tokenizer(prompt, return_tensors="pt").to(model.device)
        plain_log_probs = next_log_probs(model, inputs)
        plain = continuation(model, tokenizer, inputs, max_new_tokens)
        handles = [
            each.register_forward_pre_hook(lambda module, args: (ablated(args[0]), *args[1:]))
            for each in layers
        ]
        handles.append(
            layers[-1].register_forward_hook(
                lambda module, args, output: with_stream(output, ablated(stream(output)))
            )
        )
        try:
            without_log_probs = next_log_probs(model, inputs)
            without = continuation(model, tokenizer, inputs, max_new_tokens)
        finally:
            for handle in handles:
                handle.remove()
        moved = without_log_probs.exp() * (without_log_probs - plain_log_probs)
        answers.append(
            {"prompt": prompt, "plain": plain, "ablated": without, "kl": float(moved.sum())}
        )
    lasts = last_streams(model, tokenizer, [block], prompts)[0] if prompts else with_it[:0]
    return {
        "direction": direction,
        "separation": float(length / spread),
        "projections": (lasts @ direction).tolist(),
        "answers": answers,
    }
