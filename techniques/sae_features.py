"""Sparse autoencoder: a residual stream in the features of a dictionary that you bring.

The stream after one block is encoded and decoded by given weights. What the model loses when it
goes on with the decoded stream instead of its own says how much the dictionary explains.

Source: Bricken et al., "Towards Monosemanticity", 2023; Cunningham et al., arXiv:2309.08600;
Rajamanoharan et al., "Jumping Ahead", arXiv:2407.14435, for the threshold.
"""

from typing import Any

import torch

from ._structure import blocks, stream, with_stream


def sae_features(
    model: Any,
    tokenizer: Any,
    text: str,
    layer: int,
    encoder: torch.Tensor,
    encoder_bias: torch.Tensor,
    decoder: torch.Tensor,
    decoder_bias: torch.Tensor,
    threshold: torch.Tensor | None = None,
    top_k: int = 10,
) -> dict[str, Any]:
    """Encodes a text's residual stream as relu(x @ encoder + encoder_bias), and decodes it.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        text: at least two tokens.
        layer: which block's output, from 0; negative counts from the last.
        encoder: [hidden, feature].
        encoder_bias: [feature]; where the dictionary takes decoder_bias off its input first, pass
            encoder_bias - decoder_bias @ encoder.
        decoder: [feature, hidden].
        decoder_bias: [hidden].
        threshold: [feature]; a feature below it is 0 (JumpReLU). None: plain ReLU.
        top_k: how many features to list for each token.

    Returns:
        tokens: the text's tokens, list [token].
        top_features: for each token the strongest features, list [token] of [(feature, value)].
        active: how many features are above 0 at each token, list [token].
        unexplained: the share of the stream's variance that is lost, over tokens.
        loss: of the text's tokens, nats a token.
        loss_decoded: the same where the model goes on with the decoded stream.
        loss_zeroed: the same where it goes on with zeros; what there was to lose.

    Raises:
        ValueError: shapes do not fit each other or the model, or the text has fewer than two
            tokens.
        IndexError: no such layer.
    """
    ids = tokenizer(text, return_tensors="pt")["input_ids"].to(model.device)
    if ids.shape[1] < 2:
        raise ValueError(f"at least two tokens are needed, the text has {ids.shape[1]}")
    block = blocks(model)[layer]
    hidden, features = tuple(encoder.shape)
    wanted = {
        "encoder": (encoder, (model.config.get_text_config().hidden_size, features)),
        "encoder_bias": (encoder_bias, (features,)),
        "decoder": (decoder, (features, hidden)),
        "decoder_bias": (decoder_bias, (hidden,)),
        "threshold": (encoder_bias if threshold is None else threshold, (features,)),
    }
    for name, (tensor, shape) in wanted.items():
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{name} has the shape {tuple(tensor.shape)}; it must be {shape}")
    device = model.device
    encoder, encoder_bias = encoder.float().to(device), encoder_bias.float().to(device)
    decoder, decoder_bias = decoder.float().to(device), decoder_bias.float().to(device)
    least = 0.0 if threshold is None else threshold.float().to(device)

    def encode(streams: torch.Tensor) -> torch.Tensor:
        before = streams.float() @ encoder + encoder_bias
        return torch.where(before > least, before, 0.0).relu()

    def loss(replace: Any) -> float:
        handle = block.register_forward_hook(
            lambda module, args, output: with_stream(output, replace(stream(output)))
        )
        try:
            with torch.no_grad():
                return float(model(input_ids=ids, labels=ids).loss)
        finally:
            handle.remove()

    seen: list[torch.Tensor] = []

    def keep(streams: torch.Tensor) -> torch.Tensor:
        seen.append(streams[0].float())
        return streams

    plain = loss(keep)
    values = encode(seen[0])  # [token, feature]
    decoded = values @ decoder + decoder_bias
    centred = seen[0] - seen[0].mean(0)
    top = values.topk(min(top_k, features), dim=-1)
    return {
        "tokens": [tokenizer.decode([token]) for token in ids[0].tolist()],
        "top_features": [
            [(feature, value) for feature, value in zip(row, strengths, strict=True) if value > 0]
            for row, strengths in zip(top.indices.tolist(), top.values.tolist(), strict=True)
        ],
        "active": (values > 0).sum(-1).tolist(),
        "unexplained": float((seen[0] - decoded).square().sum() / centred.square().sum()),
        "loss": plain,
        "loss_decoded": loss(
            lambda streams: (encode(streams) @ decoder + decoder_bias).to(streams.dtype)
        ),
        "loss_zeroed": loss(torch.zeros_like),
    }
