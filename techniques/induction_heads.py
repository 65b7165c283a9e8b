"""Induction heads: which heads look for what came after the last time.

The model reads random tokens twice over. At a token of the second half, an induction head attends
to the token that followed the same one in the first half; the model as a whole then knows the
second half, though it is random.

Source: Olsson et al., "In-context Learning and Induction Heads", arXiv:2209.11895.
"""

from typing import Any

import torch

from ._readings import strongest_heads


def induction_heads(
    model: Any,
    tokenizer: Any,
    length: int = 50,
    repeats: int = 4,
    seed: int = 0,
    strongest: int = 5,
) -> dict[str, Any]:
    """Scores every head on random tokens, each sequence read twice over.

    Args:
        model: a causal language model with eager attention.
        tokenizer: its tokenizer.
        length: tokens before the repetition.
        repeats: how many sequences to average over.
        seed: of the tokens.
        strongest: how many heads to list.

    Returns:
        scores: float32 [layer, head], the share of attention, 0 to 1, that a query in the second
            half gives to the token after its first occurrence.
        previous: float32 [layer, head], the share on the token before; heads with much of it in
            earlier layers are the other half of the circuit.
        strongest: the heads with the largest scores, [(layer, head, score)].
        loss_first: nats a token, in the first half: about the log of the vocabulary.
        loss_second: the same in the second half; far below where the model has induction heads.

    Raises:
        ValueError: length or repeats is below 1, or the model returns no attention maps.
    """
    if length < 1 or repeats < 1:
        raise ValueError("length and repeats must be at least 1")
    generator = torch.Generator().manual_seed(seed)
    plain = [i for i in range(len(tokenizer)) if i not in set(tokenizer.all_special_ids)]
    choice = torch.randint(len(plain), (repeats, length), generator=generator)
    half = torch.tensor(plain)[choice].to(model.device)
    ids = torch.cat([half, half], dim=1)
    if tokenizer.bos_token_id is not None:
        first = torch.full((repeats, 1), tokenizer.bos_token_id, device=model.device)
        ids = torch.cat([first, ids], dim=1)
    start = ids.shape[1] - 2 * length
    with torch.no_grad():
        output = model(input_ids=ids, output_attentions=True)
    if not output.attentions or output.attentions[0] is None:
        raise ValueError("no attention maps: load the model with attn_implementation='eager'")
    attention = torch.stack([layer.float() for layer in output.attentions])
    # [layer, batch, head, query, key]; key = query - (length - 1) followed the first occurrence.
    induced = torch.diagonal(attention, offset=1 - length, dim1=-2, dim2=-1)
    scores = induced[..., start + 1 :].mean(-1).mean(1)
    previous = torch.diagonal(attention, offset=-1, dim1=-2, dim2=-1).mean(-1).mean(1)

    log_probs = torch.log_softmax(output.logits[:, :-1].float(), dim=-1)
    losses = -log_probs.gather(2, ids[:, 1:, None])[..., 0]  # [batch, token]
    return {
        "scores": scores,
        "previous": previous,
        "strongest": strongest_heads(scores, strongest),
        "loss_first": float(losses[:, :-length].mean()),
        "loss_second": float(losses[:, -length:].mean()),
    }
