"""What lenses look through: the streams between blocks, and their way to the vocabulary.

A helper file: it travels along with each technique that imports from it.
"""

from typing import Any

import torch

from ._structure import final_norm, unembed


def lens_streams(model: Any, inputs: Any) -> tuple[list[torch.Tensor], torch.Tensor]:
    """The streams of a text, and the model's own log-probabilities; `inputs` is a batch of one.

    Returns:
        The streams, [token, hidden] each: after the embedding, and after each of the n blocks.
        The log-probabilities, float32 [token, vocab].

    Raises:
        ValueError: the last stream, read, is not the model's output: the final norm was not found,
            or the model does more to its logits than is known here.
    """
    before_norm: list[torch.Tensor] = []
    handle = final_norm(model).register_forward_pre_hook(
        lambda module, args: before_norm.append(args[0][0])
    )
    try:
        with torch.no_grad():
            output = model(**inputs, output_hidden_states=True)
    finally:
        handle.remove()
    # The last hidden state has been through the final norm already: take the stream before it.
    streams = [*(state[0] for state in output.hidden_states[:-1]), before_norm[0]]
    final = torch.log_softmax(output.logits[0].float(), dim=-1)
    off = float(divergence(final, read_stream(model, streams[-1])).max())
    if off > 1e-3:
        raise ValueError(
            f"the lens after the last block differs from the model's output by {off:.3g} nats: "
            "this architecture does more after its blocks than one norm and one unembedding"
        )
    return streams, final


def read_stream(model: Any, streams: torch.Tensor) -> torch.Tensor:
    """Log-probabilities, float32 [token, vocab], as if no block were left."""
    with torch.no_grad():
        logits = unembed(model, final_norm(model)(streams)).float()
    return torch.log_softmax(logits, dim=-1)


def divergence(final: torch.Tensor, log_probs: torch.Tensor) -> torch.Tensor:
    """Of the model's output from a reading, float32 [token], nats."""
    return (final.exp() * (final - log_probs)).sum(-1)
