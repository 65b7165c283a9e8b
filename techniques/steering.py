"""Steering: add a direction to the residual stream and see the text lean that way.

The direction is the mean difference between the activations of texts that show something and texts
that show its opposite.

Source: Rimsky et al., "Steering Llama 2 via Contrastive Activation Addition", arXiv:2312.06681;
Turner et al., "Activation Addition", arXiv:2308.10248.
"""

from typing import Any

import torch

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
    direction = _mean_last(model, tokenizer, block, positive) - _mean_last(
        model, tokenizer, block, negative
    )
    inputs = tokenizer(prompt, return_tensors="pt").to(model.device)
    stream_norm = _last(model, block, inputs).norm()

    def add(module: Any, args: Any, output: Any) -> Any:
        patched = stream(output).clone()
        # With a cache, each later call sees one new token: its last is the one to steer.
        patched[:, -1] += (scale * direction).to(patched.dtype)
        return with_stream(output, patched)

    plain_log_probs, plain = _answer(model, tokenizer, inputs, max_new_tokens)
    handle = block.register_forward_hook(add)
    try:
        steered_log_probs, steered = _answer(model, tokenizer, inputs, max_new_tokens)
    finally:
        handle.remove()
    moved = steered_log_probs.exp() * (steered_log_probs - plain_log_probs)
    return {
        "direction": direction,
        "relative_norm": float((scale * direction).norm() / stream_norm),
        "plain": plain,
        "steered": steered,
        "kl": float(moved.sum()),
    }


def _answer(
    model: Any, tokenizer: Any, inputs: Any, max_new_tokens: int
) -> tuple[torch.Tensor, str]:
    with torch.no_grad():
        log_probs = torch.log_softmax(model(**inputs).logits[0, -1].float(), dim=-1)
        output = model.generate(
            **inputs,
            max_new_tokens=max_new_tokens,
            do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )
    new_tokens = output[0, inputs["input_ids"].shape[1] :]
    return log_probs, tokenizer.decode(new_tokens, skip_special_tokens=True)


def _mean_last(model: Any, tokenizer: Any, block: Any, texts: list[str]) -> torch.Tensor:
    # One text at a time: padding would have to be kept out of the last position.
    lasts = [
        _last(model, block, tokenizer(text, return_tensors="pt").to(model.device)) for text in texts
    ]
    return torch.stack(lasts).mean(0)


def _last(model: Any, block: Any, inputs: Any) -> torch.Tensor:
    """The stream after the block at the last token, float32 [hidden]."""
    seen: list[torch.Tensor] = []
    handle = block.register_forward_hook(
        lambda module, args, output: seen.append(stream(output)[0, -1].float())
    )
    try:
        with torch.no_grad():
            model(**inputs)
    finally:
        handle.remove()
    return seen[0]
