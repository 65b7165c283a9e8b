"""Direct logit attribution: which heads and layers write the answer.

The last stream is a sum of what the embedding, each head and each MLP wrote into it, and with the
final norm's scale held, its way to a logit is linear. So the logit is a sum too, of one share for
each part.

Source: Elhage et al., "A Mathematical Framework for Transformer Circuits", 2021;
Wang et al., "Interpretability in the Wild", arXiv:2211.00593, section 3.
"""

from typing import Any

import torch

from ._readings import strongest_heads
from ._structure import blocks, final_norm, stream
from ._sublayers import HeldNorm, head_count, head_projection, sublayers


def logit_attribution(
    model: Any,
    tokenizer: Any,
    text: str,
    answer: str | None = None,
    contrast: str | None = None,
    strongest: int = 5,
) -> dict[str, Any]:
    """Splits the answer's logit at the last position, or its lead over another's, into shares.

    A norm after attention or MLP, as Gemma has, is held at its scale in the same way. Where the
    model caps its logits (Gemma 2), the shares are of the logit before the cap.

    Args:
        model: a causal language model whose blocks add one attention's and one MLP's output to the
            stream.
        tokenizer: its tokenizer.
        text: the prompt.
        answer: the next word; its first token counts. None: the likeliest.
        contrast: a word whose logit is taken off; None: none.
        strongest: how many heads to list for and against.

    Returns:
        answer: the token that was explained.
        value: its logit, less the contrast's.
        embedding: the share of what the first block receives.
        heads: float32 [layer, head], shares in logits.
        attention_bias: float32 [layer], of what an attention adds whatever its heads do.
        mlps: float32 [layer].
        constant: the share of the final norm's and the unembedding's own biases.
        accumulated: float32 [layer + 1], the sum up to each layer, from embedding and constant on.
        strongest: the heads with the largest shares, [(layer, head, share)].
        against: the heads with the smallest.
        error: value less the sum of all shares, in logits; of the order of rounding.

    Raises:
        ValueError: text is empty, or the blocks are built otherwise.
    """
    if not text:
        raise ValueError("text is empty")
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    layers, norm = blocks(model), final_norm(model)
    seen: dict[Any, tuple[torch.Tensor, torch.Tensor]] = {}  # module to input and output

    def watch(module: Any) -> Any:
        def keep(module: Any, args: Any, kwargs: Any, output: Any) -> None:
            given = args[0] if args else kwargs["hidden_states"]
            seen[module] = (given[0, -1], stream(output)[0, -1])

        return module.register_forward_hook(keep, with_kwargs=True)

    watched = [norm, *layers]
    for block in layers:
        attention, mlp = sublayers(block)
        watched += [attention, mlp, head_projection(attention), *_norms(block)]
    handles = [watch(module) for module in watched]
    try:
        with torch.no_grad():
            logits = model(**inputs).logits[0, -1].float()
    finally:
        for handle in handles:
            handle.remove()

    answer_id = int(logits.argmax()) if answer is None else _first_id(tokenizer, answer)
    unembedding = model.get_output_embeddings()
    # A copy: where a row lies in memory would show in the last bits.
    reader = unembedding.weight[answer_id].detach().float().clone()
    offset = 0.0 if unembedding.bias is None else float(unembedding.bias[answer_id])
    if contrast is not None:
        other_id = _first_id(tokenizer, contrast)
        reader = reader - unembedding.weight[other_id].detach().float()
        offset -= 0.0 if unembedding.bias is None else float(unembedding.bias[other_id])
    final = HeldNorm(norm, seen[norm][0])
    value = float(seen[norm][1].float() @ reader) + offset

    def share(part: torch.Tensor) -> torch.Tensor:
        return final.part(part) @ reader

    heads, attention_bias, mlps = [], [], []
    for number, block in enumerate(layers):
        attention, mlp = sublayers(block)
        by_head, rest = _heads(block, attention, seen, head_count(model))
        whole = seen[mlp][1]
        written, shift = _behind_norm(
            block, seen, whole, whole.float(), torch.zeros_like(whole, dtype=torch.float32)
        )
        before, after = (each.float() for each in seen[block])
        missing = after - before - by_head.sum(0) - rest - written - shift
        if missing.norm() > 0.02 * after.norm():
            raise ValueError(f"block {number} adds more to the stream than attention and MLP")
        heads.append(share(by_head))
        attention_bias.append(share(rest))
        mlps.append(share(written + shift))
    first = seen[layers[0]][0].float()
    embedding, constant = float(share(first)), float(final.shift @ reader) + offset
    by_heads, by_bias, by_mlp = torch.stack(heads), torch.stack(attention_bias), torch.stack(mlps)
    each_layer = by_heads.sum(-1) + by_bias + by_mlp
    start = torch.tensor([embedding + constant], device=each_layer.device)
    accumulated = torch.cat([start, each_layer]).cumsum(0)
    return {
        "answer": tokenizer.decode([answer_id]),
        "value": value,
        "embedding": embedding,
        "heads": by_heads,
        "attention_bias": by_bias,
        "mlps": by_mlp,
        "constant": constant,
        "accumulated": accumulated,
        "strongest": strongest_heads(by_heads, strongest),
        "against": [
            (layer, head, -share) for layer, head, share in strongest_heads(-by_heads, strongest)
        ],
        "error": value - float(accumulated[-1]),
    }


def _norms(block: Any) -> list[Any]:
    return [
        child
        for child in block.children()
        if any(True for _ in child.parameters()) and all(p.dim() == 1 for p in child.parameters())
    ]


def _heads(
    block: Any, attention: Any, seen: dict[Any, Any], count: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """What each head writes into the stream, [head, hidden], and what attention adds besides."""
    projection = head_projection(attention)
    joined = seen[projection][0]
    alone = torch.block_diag(*joined.reshape(count, 1, -1))  # [head, head * width]
    with torch.no_grad():
        bias = projection(torch.zeros_like(joined)).float()
        parts = projection(alone).float() - bias
    return _behind_norm(block, seen, seen[attention][1], parts, bias)


def _behind_norm(
    block: Any, seen: dict[Any, Any], whole: torch.Tensor, parts: torch.Tensor, rest: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Parts of a sublayer's output, and the rest, as they reach the stream: some norm it first."""
    for norm in _norms(block):
        if torch.equal(seen[norm][0], whole):
            held = HeldNorm(norm, whole)
            return held.part(parts), held.part(rest) + held.shift
    return parts, rest


def _first_id(tokenizer: Any, word: str) -> int:
    found: int = tokenizer(word, add_special_tokens=False)["input_ids"][0]
    return found
