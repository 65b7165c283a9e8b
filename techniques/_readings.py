"""What several techniques read of a model: answers, streams, and lists for people.

A helper file: it travels along with each technique that imports from it.
"""

from typing import Any

import torch

from ._structure import stream


def next_log_probs(model: Any, inputs: Any) -> torch.Tensor:
    """Log-probabilities of the next token, float32 [vocab]; `inputs` is a batch of one."""
    with torch.no_grad():
        return torch.log_softmax(model(**inputs).logits[0, -1].float(), dim=-1)


def continuation(model: Any, tokenizer: Any, inputs: Any, max_new_tokens: int) -> str:
    """The text that the model adds greedily to `inputs`, a batch of one."""
    with torch.no_grad():
        output = model.generate(
            **inputs,
            max_new_tokens=max_new_tokens,
            do_sample=False,
            pad_token_id=tokenizer.eos_token_id,
        )
    text: str = tokenizer.decode(
        output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True
    )
    return text


def last_streams(model: Any, tokenizer: Any, parts: Any, texts: list[str]) -> torch.Tensor:
    """The stream after each of `parts`, blocks, at each text's last token.

    Returns:
        float32 [part, text, hidden].
    """
    seen: list[torch.Tensor] = []
    handles = [
        part.register_forward_hook(
            lambda module, args, output: seen.append(stream(output)[0, -1].float())
        )
        for part in parts
    ]
    try:
        with torch.no_grad():
            # One at a time: padding would have to be kept out of the last position.
            for text in texts:
                model(**tokenizer(text, return_tensors="pt").to(model.device))
    finally:
        for handle in handles:
            handle.remove()
    return torch.stack(seen).reshape(len(texts), len(handles), -1).transpose(0, 1)


def contrast(
    model: Any, tokenizer: Any, clean: str, corrupted: str, answer: str, wrong: str
) -> tuple[torch.Tensor, torch.Tensor, int, int]:
    """Two prompts of one length, int64 [1, token] each, and the first tokens of their next words.

    Raises:
        ValueError: the prompts have different numbers of tokens, or the words begin with the same
            token.
    """
    clean_ids = tokenizer(clean, return_tensors="pt")["input_ids"].to(model.device)
    corrupted_ids = tokenizer(corrupted, return_tensors="pt")["input_ids"].to(model.device)
    if corrupted_ids.shape != clean_ids.shape:
        raise ValueError(
            f"the prompts must have as many tokens: clean has {clean_ids.shape[1]}, "
            f"corrupted has {corrupted_ids.shape[1]}"
        )
    right_id = tokenizer(answer, add_special_tokens=False)["input_ids"][0]
    wrong_id = tokenizer(wrong, add_special_tokens=False)["input_ids"][0]
    if right_id == wrong_id:
        raise ValueError(f"{answer!r} and {wrong!r} begin with the same token")
    return clean_ids, corrupted_ids, right_id, wrong_id


def named(tokenizer: Any, top: Any) -> list[tuple[str, float]]:
    """[(token, value)] of what `topk` gave along a vocabulary."""
    return [
        (tokenizer.decode([token]), value)
        for token, value in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    ]


def strongest_heads(values: torch.Tensor, count: int) -> list[tuple[int, int, float]]:
    """The largest of `values` [layer, head], as [(layer, head, value)]."""
    heads = values.shape[1]
    top = values.flatten().topk(min(count, values.numel()))
    return [
        (index // heads, index % heads, value)
        for index, value in zip(top.indices.tolist(), top.values.tolist(), strict=True)
    ]
