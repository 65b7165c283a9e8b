"""Logit lens: what the model would say if it had to answer after each layer.

The residual stream after every block goes through the model's own final norm and unembedding, as if
the remaining blocks were not there.

Source: nostalgebraist, "interpreting GPT: the logit lens", LessWrong, 2020.
"""

from typing import Any

import torch

from ._lenses import divergence, lens_streams, read_stream


def logit_lens(model: Any, tokenizer: Any, prompt: str, top_k: int = 5) -> dict[str, Any]:
    """Reads the residual stream after the embedding and after each of the model's n blocks.

    Row 0 is the embedding, row l is the stream after block l, and row n is the model's own output.

    Args:
        model: a causal language model with a final norm and an unembedding (GPT-2, Llama, Gemma,
            Qwen, GPT-NeoX and their like).
        tokenizer: its tokenizer.
        prompt: at least one token.
        top_k: how many tokens to keep for each row and position.

    Returns:
        tokens: the prompt's tokens, list [token].
        top_tokens: the likeliest tokens at the last position, list [n + 1, top_k].
        top_ids: int64 [n + 1, token, top_k].
        top_probs: float32 [n + 1, token, top_k], probabilities.
        entropy: float32 [n + 1, token], nats.
        kl_to_output: float32 [n + 1, token], nats; of the model's output from each row's reading.
        answer: the model's likeliest next token.
        answer_rank: its rank in each row at the last position, list [n + 1]; 0 is the top.

    Raises:
        ValueError: prompt is empty, or the last row is not the model's output: the final norm was
            not found, or the model does more to its logits than this lens knows.
    """
    if not prompt:
        raise ValueError("prompt is empty")
    inputs = tokenizer(prompt, return_tensors="pt").to(model.device)
    streams, final = lens_streams(model, inputs)
    answer = int(final[-1].argmax())
    top_ids, top_probs, entropies, divergences, answer_rank = [], [], [], [], []
    for stream in streams:
        log_probs = read_stream(model, stream)  # [token, vocab]
        top = log_probs.exp().topk(top_k, dim=-1)
        top_ids.append(top.indices)
        top_probs.append(top.values)
        entropies.append(-(log_probs.exp() * log_probs).sum(-1))
        divergences.append(divergence(final, log_probs))
        answer_rank.append(int((log_probs[-1] > log_probs[-1, answer]).sum()))
    return {
        "tokens": [tokenizer.decode([token]) for token in inputs["input_ids"][0].tolist()],
        "top_tokens": [
            [tokenizer.decode([token]) for token in ids[-1].tolist()] for ids in top_ids
        ],
        "top_ids": torch.stack(top_ids),
        "top_probs": torch.stack(top_probs),
        "entropy": torch.stack(entropies),
        "kl_to_output": torch.stack(divergences),
        "answer": tokenizer.decode([answer]),
        "answer_rank": answer_rank,
    }
