"""Steering: add a direction to the residual stream and see the text lean that way.

The direction is the mean difference between the activations of texts that show something and texts
that show its opposite.

Source: Rimsky et al., "Steering Llama 2 via Contrastive Activation Addition", arXiv:2312.06681;
Turner et al., "Activation Addition", arXiv:2308.10248.
"""

from typing import Any

from ._readings import continuation, last_streams, next_log_probs
from ._structure import blocks, stream, with_stream


def steering(
    model: Any,
    tokenizer: Any,
    prompt: str,
    positive: list[str],
    negative: list[str],
    layer: int,
    scale: float = 1.0,
    max_new_tokens: int = 30,
) -> dict[str, Any]:
    """Continues a prompt greedily, without and with a contrastive direction added.

    The direction is read after block `layer` at the last token of each text, and added there to the
    prompt's last token and to every token generated after it.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        prompt: what to continue.
        positive: texts that show what to lean towards.
        negative: texts that show the opposite.
        layer: which block's output, from 0; negative counts from the last.
        scale: what the direction is multiplied by; below 0 leans the other way.
        max_new_tokens: length of each continuation.

    Returns:
        direction: float32 [hidden].
        relative_norm: the length of scale * direction in lengths of the stream it is added to.
        plain: the continuation without steering.
        steered: the continuation with it.
        kl: float, nats; of the steered next-token distribution from the plain one.

    Raises:
        ValueError: a list of texts is empty.
        IndexError: no such layer.
    """
    if not positive or not negative:
        raise ValueError("positive and negative must each hold at least one text")
    block = blocks(model)[layer]
    shown, opposite, own = (
        last_streams(model, tokenizer, [block], texts)[0]
        for texts in (positive, negative, [prompt])
    )
    direction = shown.mean(0) - opposite.mean(0)
    inputs = tokenizer(prompt, return_tensors="pt").to(model.device)

    def add(module: Any, args: Any, output: Any) -> Any:
        patched = stream(output).clone()
        # With a cache, each later call sees one new token: its last is the one to steer.
        patched[:, -1] += (scale * direction).to(patched.dtype)
        return with_stream(output, patched)

    plain_log_probs = next_log_probs(model, inputs)
    plain = continuation(model, tokenizer, inputs, max_new_tokens)
    handle = block.register_forward_hook(add)
    try:
        steered_log_probs = next_log_probs(model, inputs)
        steered = continuation(model, tokenizer, inputs, max_new_tokens)
    finally:
        handle.remove()
    moved = steered_log_probs.exp() * (steered_log_probs - plain_log_probs)
    return {
        "direction": direction,
        "relative_norm": float((scale * direction).norm() / own.norm()),
        "plain": plain,
        "steered": steered,
        "kl": float(moved.sum()),
    }
