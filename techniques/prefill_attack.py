"""Prefill attack: put the opening of a compliant answer into the assistant's mouth.

Refusal is decided in the first few tokens of an answer. Whoever may write those tokens, as anyone
may who holds the weights, often gets the rest. Used here to measure how deep a model's safety
training goes.

Source: Vega et al., "Bypassing the Safety Training of Open-Source LLMs with Priming Attacks",
arXiv:2312.12321; Andriushchenko et al., arXiv:2404.02151, section 4;
Qi et al., "Safety Alignment Should Be Made More Than Just a Few Tokens Deep", arXiv:2406.05946.
"""

from typing import Any

import torch

from ._readings import continuation, named


def prefill_attack(
    model: Any,
    tokenizer: Any,
    user_prompt: str,
    prefill_text: str = "Sure, here is",
    max_new_tokens: int = 50,
    top_k: int = 5,
) -> dict[str, Any]:
    """Answers a request twice, greedily: freely, and after a prefilled opening.

    The prompt goes through the tokenizer's chat template if it has one, else into "User: ...
    Assistant:", which a base model takes up as a dialogue.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        user_prompt: what the user asks.
        prefill_text: how the answer is made to begin.
        max_new_tokens: length of each continuation.
        top_k: how many first tokens to list.

    Returns:
        prompt: the text up to the answer.
        free: the answer without a prefill.
        prefilled: what follows the prefill.
        free_first: the likeliest first tokens of a free answer, [(token, probability)].
        prefilled_first: the likeliest tokens right after the prefill, [(token, probability)].
        prefill_first_probability: of the prefill's first token in a free answer.
        prefill_log_prob: of the whole prefill in a free answer, nats; how far it forces the model.

    Raises:
        ValueError: user_prompt or prefill_text is empty.
    """
    if not user_prompt or not prefill_text:
        raise ValueError("user_prompt and prefill_text must both hold text")
    if tokenizer.chat_template:
        prompt = tokenizer.apply_chat_template(
            [{"role": "user", "content": user_prompt}], tokenize=False, add_generation_prompt=True
        )
        # The template has written the special tokens already.
        prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        opening = prefill_text
    else:
        prompt = f"User: {user_prompt}\nAssistant:"
        prompt_ids = tokenizer(prompt)["input_ids"]
        opening = f" {prefill_text}"
    # Tokenized apart, so that the prompt is the same in both runs.
    prefill_ids = tokenizer(opening, add_special_tokens=False)["input_ids"]

    free_ids = torch.tensor([prompt_ids], device=model.device)
    forced_ids = torch.tensor([prompt_ids + prefill_ids], device=model.device)
    with torch.no_grad():
        logits = model(input_ids=forced_ids).logits[0].float()
    # Row i predicts token i + 1: these rows predict the prefill, and the last what follows it.
    log_probs = torch.log_softmax(logits[len(prompt_ids) - 1 :], dim=-1)  # [prefill + 1, vocab]
    chosen = log_probs[:-1].gather(1, torch.tensor(prefill_ids, device=model.device)[:, None])
    free, prefilled = (
        continuation(
            model,
            tokenizer,
            {"input_ids": ids, "attention_mask": torch.ones_like(ids)},
            max_new_tokens,
        )
        for ids in (free_ids, forced_ids)
    )
    return {
        "prompt": prompt,
        "free": free,
        "prefilled": prefilled,
        "free_first": named(tokenizer, log_probs[0].exp().topk(top_k)),
        "prefilled_first": named(tokenizer, log_probs[-1].exp().topk(top_k)),
        "prefill_first_probability": float(chosen[0].exp()),
        "prefill_log_prob": float(chosen.sum()),
    }
