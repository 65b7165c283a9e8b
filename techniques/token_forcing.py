"""Token forcing: where does the text go if it must begin otherwise?

Greedy decoding shows one path. Here the first words are forced, each of the likeliest first tokens
or openings of your own, and the model goes on greedily from there: answers that it knows and does
not give.

Source: Wang and Zhou, "Chain-of-Thought Reasoning Without Prompting", arXiv:2402.10200, from which
the confidence comes.
"""

from typing import Any

import torch


def token_forcing(
    model: Any,
    tokenizer: Any,
    prompt: str,
    openings: list[str] | None = None,
    top_k: int = 5,
    max_new_tokens: int = 20,
) -> list[dict[str, Any]]:
    """Continues a prompt greedily after each of several openings.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        prompt: at least one token.
        openings: texts to force, such as [" Paris", " Rome"]; they are tokenized apart from the
            prompt, so mind their spaces. None: the `top_k` likeliest next tokens, one each.
        top_k: how many.
        max_new_tokens: length of each continuation, at least 1.

    Returns:
        One dictionary an opening, in the order given, or the likeliest first:
        opening: the text that was forced.
        log_prob: of the opening after the prompt, nats.
        rank: of its first token after the prompt; 0 is the likeliest.
        continuation: what follows.
        continuation_log_prob: of that after prompt and opening, nats a token.
        confidence: by how much the likeliest token led the next likeliest, 0 to 1, a mean over the
            continuation.

    Raises:
        ValueError: prompt or an opening is empty, or max_new_tokens is below 1.
    """
    if not prompt or max_new_tokens < 1:
        raise ValueError("prompt must hold text, and max_new_tokens must be at least 1")
    before: list[int] = tokenizer(prompt)["input_ids"]
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([before], device=model.device)).logits[0, -1]
    if openings is None:
        forced = [[token] for token in logits.topk(top_k).indices.tolist()]
    else:
        forced = [tokenizer(opening, add_special_tokens=False)["input_ids"] for opening in openings]
    if not all(forced):
        raise ValueError("an opening is empty")
    return [_branch(model, tokenizer, before, opening, max_new_tokens) for opening in forced]


def _branch(
    model: Any, tokenizer: Any, before: list[int], opening: list[int], max_new_tokens: int
) -> dict[str, Any]:
    given = torch.tensor([before + opening], device=model.device)
    with torch.no_grad():
        output = model.generate(
            input_ids=given,
            attention_mask=torch.ones_like(given),
            max_new_tokens=max_new_tokens,
            do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )
        logits = model(input_ids=output).logits[0, len(before) - 1 : -1].float()
    log_probs = torch.log_softmax(logits, dim=-1)  # [opening + continuation, vocab]
    new = output[0, len(before) :]
    chosen = log_probs.gather(1, new[:, None])[:, 0]
    count = len(opening)
    best = log_probs[count:].exp().topk(2, dim=-1).values  # [continuation, 2]
    return {
        "opening": tokenizer.decode(opening),
        "log_prob": float(chosen[:count].sum()),
        "rank": int((log_probs[0] > chosen[0]).sum()),
        "continuation": tokenizer.decode(new[count:], skip_special_tokens=True),
        "continuation_log_prob": float(chosen[count:].mean()),
        "confidence": float((best[:, 0] - best[:, 1]).mean()),
    }
