"""Causal tracing: where a fact about a subject is recalled.

The subject's embeddings are drowned in noise, and the model forgets. Then one state, one layer and
one token, is given its clean value back: where the answer returns, the fact was.

Source: Meng et al., "Locating and Editing Factual Associations in GPT", arXiv:2202.05262,
section 2.
"""

from typing import Any

import torch

from ._structure import blocks, stream, with_stream


def causal_tracing(
    model: Any,
    tokenizer: Any,
    prompt: str,
    subject: str,
    answer: str | None = None,
    samples: int = 8,
    noise: float = 3.0,
    window: int = 1,
    seed: int = 0,
) -> dict[str, Any]:
    """Restores every layer and token of the noisy run, one place at a time.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        prompt: such as "The Space Needle is in downtown".
        subject: a part of the prompt, such as "The Space Needle".
        answer: the next word; its first token counts. None: the model's own.
        samples: how many draws of the noise to average over.
        noise: its deviation, in deviations of the prompt's embeddings (the paper takes 3).
        window: how many layers around each are restored together; 1 is the layer alone.
        seed: of the noise.

    Returns:
        tokens: the prompt's tokens, list [token].
        subject_tokens: (first, end) positions of the subject's tokens.
        answer: the token whose probability is followed.
        clean: its probability.
        noisy: the same with noise, the mean of the samples.
        restored: float32 [layer, token], the same with one place restored.
        indirect_effect: float32 [layer, token], restored - noisy.

    Raises:
        ValueError: the subject is not in the prompt, samples or window is below 1, or the
            tokenizer cannot say where a text's tokens are.
    """
    at = prompt.find(subject)
    if not subject or at < 0:
        raise ValueError(f"the subject {subject!r} is not in the prompt")
    if samples < 1 or window < 1:
        raise ValueError("samples and window must be at least 1")
    if not tokenizer.is_fast:
        raise ValueError("this tokenizer cannot say where a text's tokens are")
    encoded = tokenizer(prompt, return_offsets_mapping=True)
    inside = [
        position
        for position, (start, end) in enumerate(encoded["offset_mapping"])
        if start < at + len(subject) and end > at and end > start
    ]
    first, end = inside[0], inside[-1] + 1
    ids = torch.tensor([encoded["input_ids"]], device=model.device)
    length = ids.shape[1]
    layers = blocks(model)
    depth = len(layers)

    kept: list[torch.Tensor] = []  # one [token, hidden] a layer
    handles = [
        block.register_forward_hook(lambda module, args, output: kept.append(stream(output)[0]))
        for block in layers
    ]
    embedded: list[torch.Tensor] = []
    embed = model.get_input_embeddings()
    handles.append(embed.register_forward_hook(lambda m, args, output: embedded.append(output)))
    try:
        with torch.no_grad():
            clean = torch.softmax(model(input_ids=ids).logits[0, -1].float(), dim=-1)
    finally:
        for handle in handles:
            handle.remove()
    answer_id = (
        int(clean.argmax())
        if answer is None
        else tokenizer(answer, add_special_tokens=False)["input_ids"][0]
    )
    shape = (samples, end - first, embedded[0].shape[-1])
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(model.device)
    shift = (noise * embedded[0].float().std() * drawn).to(embedded[0].dtype)
    batch = ids.repeat(samples, 1)

    def spoil(module: Any, args: Any, output: Any) -> Any:
        spoiled = output.clone()
        spoiled[:, first:end] += shift
        return spoiled

    def probability(restore: dict[int, int]) -> float:
        """Mean over the samples, with the clean state back at `restore`: layer to position."""
        handles = [embed.register_forward_hook(spoil)]
        for layer, position in restore.items():

            def mend(
                module: Any, args: Any, output: Any, layer: int = layer, position: int = position
            ) -> Any:
                mended = stream(output).clone()
                mended[:, position] = kept[layer][position]
                return with_stream(output, mended)

            handles.append(layers[layer].register_forward_hook(mend))
        try:
            with torch.no_grad():
                # Two positions: one alone is multiplied in another order, by where weights lie.
                logits = model(input_ids=batch, logits_to_keep=2).logits[:, -1].float()
        finally:
            for handle in handles:
                handle.remove()
        return float(torch.softmax(logits, dim=-1)[:, answer_id].mean())

    noisy = probability({})
    restored = torch.zeros(depth, length)
    for layer in range(depth):
        low = max(0, layer - (window - 1) // 2)
        around = range(low, min(depth, layer + window // 2 + 1))
        for position in range(first, length):  # before the subject nothing was spoiled
            restored[layer, position] = probability(dict.fromkeys(around, position))
        restored[layer, :first] = noisy
    return {
        "tokens": [tokenizer.decode([token]) for token in ids[0].tolist()],
        "subject_tokens": (first, end),
        "answer": tokenizer.decode([answer_id]),
        "clean": float(clean[answer_id]),
        "noisy": noisy,
        "restored": restored,
        "indirect_effect": restored - noisy,
    }
