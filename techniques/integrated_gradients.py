"""Integrated gradients: how much each token of the prompt counts for an answer.

The gradient of the answer's logit is averaged along the straight line from a baseline, where every
token is replaced by one that says nothing, to the prompt. The shares add up to the change from one
to the other. (Zeros would be no baseline: norms make a stream as small as you like as long as any
other, so that all of the change would lie in the line's first step.)

Source: Sundararajan et al., "Axiomatic Attribution for Deep Networks", arXiv:1703.01365.
"""

from typing import Any

import torch


def integrated_gradients(
    model: Any,
    tokenizer: Any,
    text: str,
    answer: str | None = None,
    contrast: str | None = None,
    baseline: str | None = None,
    steps: int = 32,
) -> dict[str, Any]:
    """Attributes an answer's logit, or its lead over another's, to the tokens of a prompt.

    Special tokens that the tokenizer adds stay as they are in the baseline too, and get 0.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        text: the prompt.
        answer: the next word whose logit is explained; its first token counts. None: the
            likeliest.
        contrast: a word whose logit is taken off; None: none.
        baseline: a text whose first token says nothing, such as "." or " the". None: the token that
            ends a text.
        steps: points on the line; more make the sum come out more exactly.

    Returns:
        tokens: the prompt's tokens, list [token].
        attributions: float32 [token], in logits.
        answer: the token that was explained.
        value: of the explained quantity for the prompt.
        baseline_value: the same for the baseline.
        error: of the sum of the attributions, as a share of what they should add up to.

    Raises:
        ValueError: text is empty, steps is below 1, or the tokenizer has no token that ends a text
            and none is given.
    """
    if not text or steps < 1:
        raise ValueError("text must not be empty and steps must be at least 1")
    ids = tokenizer(text, return_tensors="pt")["input_ids"].to(model.device)
    neutral_id = tokenizer.eos_token_id if baseline is None else _first_id(tokenizer, baseline)
    if neutral_id is None:
        raise ValueError("the tokenizer has no token that ends a text: name a baseline")
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids, device=ids.device))
    embed = model.get_input_embeddings()
    with torch.no_grad():
        given = embed(ids)  # [1, token, hidden]
        origin = embed(torch.where(special, ids, neutral_id))

    def value(embeddings: torch.Tensor) -> torch.Tensor:
        logits = model(inputs_embeds=embeddings).logits[:, -1].float()
        taken = logits[:, contrast_id] if contrast_id is not None else 0.0
        return logits[:, answer_id] - taken

    contrast_id = None if contrast is None else _first_id(tokenizer, contrast)
    with torch.no_grad():
        likeliest = int(model(input_ids=ids).logits[0, -1].argmax())
    answer_id = likeliest if answer is None else _first_id(tokenizer, answer)

    total = torch.zeros_like(given, dtype=torch.float32)
    for step in range(steps):
        # Midpoints: the rule's error falls with the square of the number of steps.
        share = (step + 0.5) / steps
        point = (origin + share * (given - origin)).detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(value(point).sum(), point)
        total += gradient.float()
    attributions = ((given - origin).float() * total / steps).sum(-1)[0]  # [token]
    with torch.no_grad():
        at_prompt, at_baseline = float(value(given)), float(value(origin))
    expected = at_prompt - at_baseline
    return {
        "tokens": [tokenizer.decode([token]) for token in ids[0].tolist()],
        "attributions": attributions,
        "answer": tokenizer.decode([answer_id]),
        "value": at_prompt,
        "baseline_value": at_baseline,
        "error": abs(float(attributions.sum()) - expected) / max(abs(expected), 1e-9),
    }


def _first_id(tokenizer: Any, word: str) -> int:
    found: int = tokenizer(word, add_special_tokens=False)["input_ids"][0]
    return found
