"""Tuned lens: the logit lens behind a small translator for each layer.

The logit lens takes for granted that all layers speak the last layer's language. A tuned lens first
applies an affine map, trained for each layer, to the stream; here the maps are given.

Source: Belrose et al., "Eliciting Latent Predictions from Transformers with the Tuned Lens",
arXiv:2303.08112.
"""

from typing import Any

import torch

from ._lenses import divergence, lens_streams, read_stream


def tuned_lens(
    model: Any,
    tokenizer: Any,
    text: str,
    weights: torch.Tensor,
    biases: torch.Tensor,
    top_k: int = 5,
) -> dict[str, Any]:
    """Reads the stream x before each of the model's n blocks as x + weights x + biases.

    Row 0 is the embedding, row l is the stream after block l, and row n is the model's own output,
    which needs no translator. With zeros it is the logit lens.

    Args:
        model: a causal language model with a final norm and an unembedding.
        tokenizer: its tokenizer.
        text: at least one token.
        weights: [n, hidden, hidden], each as `torch.nn.Linear` keeps it: [out, in].
        biases: [n, hidden].
        top_k: how many tokens to keep for each row.

    Returns:
        tokens: the text's tokens, list [token].
        top_tokens: the likeliest tokens at the last position, list [n + 1, top_k].
        top_probs: float32 [n + 1, token, top_k], probabilities.
        entropy: float32 [n + 1, token], nats.
        kl_to_output: float32 [n + 1, token], nats; of the model's output from each row's reading.
        kl_untuned: the same without translators: the logit lens.
        answer: the model's likeliest next token.
        answer_rank: its rank in each row at the last position, list [n + 1]; 0 is the top.

    Raises:
        ValueError: text is empty, shapes do not fit the model, or the last row is not the model's
            output.
    """
    if not text:
        raise ValueError("text is empty")
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    streams, final = lens_streams(model, inputs)
    depth, hidden = len(streams) - 1, streams[0].shape[-1]
    for name, tensor, shape in (
        ("weights", weights, (depth, hidden, hidden)),
        ("biases", biases, (depth, hidden)),
    ):
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{name} has the shape {tuple(tensor.shape)}; it must be {shape}")

    answer = int(final[-1].argmax())
    top_ids, top_probs, entropies, tuned, untuned, answer_rank = [], [], [], [], [], []
    for row, stream in enumerate(streams):
        translated = stream
        if row < depth:
            weight = weights[row].float().to(model.device)
            bias = biases[row].float().to(model.device)
            translated = (stream.float() + stream.float() @ weight.T + bias).to(stream.dtype)
        log_probs = read_stream(model, translated)
        top = log_probs.exp().topk(top_k, dim=-1)
        top_ids.append(top.indices[-1].tolist())
        top_probs.append(top.values)
        entropies.append(-(log_probs.exp() * log_probs).sum(-1))
        tuned.append(divergence(final, log_probs))
        untuned.append(divergence(final, read_stream(model, stream)))
        answer_rank.append(int((log_probs[-1] > log_probs[-1, answer]).sum()))
    return {
        "tokens": [tokenizer.decode([token]) for token in inputs["input_ids"][0].tolist()],
        "top_tokens": [[tokenizer.decode([token]) for token in row] for row in top_ids],
        "top_probs": torch.stack(top_probs),
        "entropy": torch.stack(entropies),
        "kl_to_output": torch.stack(tuned),
        "kl_untuned": torch.stack(untuned),
        "answer": tokenizer.decode([answer]),
        "answer_rank": answer_rank,
    }
