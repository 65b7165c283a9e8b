"""Embedding neighbours: which tokens a token lies next to, going in and coming out.

Source: Mikolov et al., "Efficient Estimation of Word Representations in Vector Space",
arXiv:1301.3781; Press and Wolf, "Using the Output Embedding to Improve Language Models",
arXiv:1608.05859, for the two matrices.
"""

from typing import Any

from ._readings import named


def embedding_neighbours(
    model: Any, tokenizer: Any, word: str, count: int = 10, output: bool = False
) -> dict[str, Any]:
    """Finds the tokens whose embeddings point most nearly the same way.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        word: such as " Paris", with its space; its first token counts.
        count: how many neighbours.
        output: look in the unembedding instead of the embedding.

    Returns:
        token: the token that the word begins with.
        neighbours: the nearest others, [(token, cosine)], nearest first.
        length: of the token's embedding.
        mean_length: of all of them.
        tied: whether the model uses one matrix for both.

    Raises:
        ValueError: word is empty.
    """
    ids = tokenizer(word, add_special_tokens=False)["input_ids"]
    if not ids:
        raise ValueError("word is empty")
    incoming, outgoing = model.get_input_embeddings(), model.get_output_embeddings()
    matrix = (outgoing if output else incoming).weight.detach()  # [vocab, hidden]
    lengths = matrix.float().norm(dim=-1)
    vector = matrix[ids[0]].float()
    cosines = (matrix @ vector.to(matrix.dtype)).float() / (lengths * vector.norm()).clamp_min(1e-9)
    cosines[ids[0]] = -2.0
    top = cosines[: len(tokenizer)].topk(min(count, len(tokenizer) - 1))
    return {
        "token": tokenizer.decode([ids[0]]),
        "neighbours": named(tokenizer, top),
        "length": float(vector.norm()),
        "mean_length": float(lengths.mean()),
        "tied": incoming.weight is outgoing.weight,
    }
