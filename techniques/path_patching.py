"""Path patching: which heads act on the answer directly, or through given other heads.

Activation patching changes a place and all that follows from it. Path patching changes one head's
output along chosen paths only: every other head keeps what it had for the clean prompt, so that
the change reaches nothing but the receivers.

Source: Wang et al., "Interpretability in the Wild: a Circuit for Indirect Object Identification in
GPT-2 small", arXiv:2211.00593, section 3.1; Goldowsky-Dill et al., "Localizing Model Behavior with
Path Patching", arXiv:2304.05969.
"""

from typing import Any

import torch

from ._readings import contrast, strongest_heads
from ._structure import blocks, stream
from ._sublayers import head_count, head_projection, sublayers


def path_patching(
    model: Any,
    tokenizer: Any,
    clean: str,
    corrupted: str,
    answer: str,
    wrong: str,
    receivers: list[tuple[int, int]] | None = None,
    freeze_mlps: bool = False,
    strongest: int = 5,
) -> dict[str, Any]:
    """Gives each head in turn its output for the corrupted prompt, along the paths to receivers.

    The measure is the logit of `answer` less that of `wrong` at the last position. 0 means that the
    path carries nothing of the difference between the prompts, 1 that it alone turns the clean
    prompt's answer into the corrupted one's, less than 0 that it works the other way.

    Args:
        model: a causal language model whose blocks hold one attention and one MLP.
        tokenizer: its tokenizer.
        clean: a prompt, such as "The Eiffel Tower is in the city of".
        corrupted: the same prompt about something else, with as many tokens.
        answer: the clean prompt's next word, such as " Paris"; its first token counts.
        wrong: the corrupted prompt's next word, such as " Rome"; its first token counts.
        receivers: heads as (layer, head), whose queries, keys and values receive the change; what
            follows from them is let happen. None: the output receives it.
        freeze_mlps: whether MLPs on the way keep what they had too, as heads do. If not, they are
            part of a direct path.
        strongest: how many heads to list.

    Returns:
        tokens: the clean prompt's tokens, list [token].
        effect: float32 [layer, head], of each sending head.
        strongest: the heads with the largest effect, [(layer, head, effect)].
        clean_difference: of the clean prompt's logits.
        corrupted_difference: of the corrupted prompt's logits.

    Raises:
        ValueError: the prompts have different numbers of tokens, the answers begin with the same
            token, the model tells the prompts apart by less than 1e-6, or its blocks are built
            otherwise.
        IndexError: a receiver is no head of the model.
    """
    clean_ids, corrupted_ids, right_id, wrong_id = contrast(
        model, tokenizer, clean, corrupted, answer, wrong
    )
    parts = [sublayers(block) for block in blocks(model)]
    projections = [head_projection(attention) for attention, _ in parts]
    heads, depth = head_count(model), len(parts)
    for layer, head in receivers or []:
        if not (0 <= layer < depth and 0 <= head < heads):
            raise IndexError(f"receiver {(layer, head)}: there are {depth} layers of {heads} heads")

    def difference(ids: torch.Tensor, hooks: list[Any]) -> torch.Tensor:
        """[batch], with hooks that are taken off again."""
        try:
            with torch.no_grad():
                # Two positions: one alone is multiplied in another order, by where weights lie.
                logits = model(input_ids=ids, logits_to_keep=2).logits[:, -1].float()
        finally:
            for hook in hooks:
                hook.remove()
        return logits[:, right_id] - logits[:, wrong_id]

    def read(ids: torch.Tensor) -> tuple[float, list[torch.Tensor], list[torch.Tensor]]:
        """The difference; all heads' outputs [1, token, head * width] and the MLPs' by layer."""
        joined: list[torch.Tensor] = []
        outputs: list[torch.Tensor] = []
        hooks = [
            each.register_forward_pre_hook(lambda module, args: joined.append(args[0]))
            for each in projections
        ]
        hooks += [
            mlp.register_forward_hook(lambda module, args, output: outputs.append(stream(output)))
            for _, mlp in parts
        ]
        return float(difference(ids, hooks)), joined, outputs

    clean_difference, clean_heads, clean_mlps = read(clean_ids)
    corrupted_difference, corrupted_heads, _ = read(corrupted_ids)
    gap = clean_difference - corrupted_difference
    if abs(gap) < 1e-6:
        raise ValueError("the model answers both prompts alike: there is nothing to trace")

    batch = clean_ids.repeat(heads, 1)  # row h: head h of the layer sends
    width = clean_heads[0].shape[-1] // heads
    row = torch.arange(heads, device=model.device)
    effect = torch.zeros(depth, heads)
    reached = depth if receivers is None else max((layer for layer, _ in receivers), default=0)
    for sender in range(reached):  # what comes later cannot reach a receiver
        sent = clean_heads[sender].repeat(heads, 1, 1)
        by_head = sent.view(heads, -1, heads, width)
        by_head[row, :, row] = corrupted_heads[sender].view(-1, heads, width).transpose(0, 1)
        received: dict[int, torch.Tensor] = {}

        hooks = []
        for layer, projection in enumerate(projections):
            held = sent if layer == sender else clean_heads[layer].repeat(heads, 1, 1)

            def hold(
                module: Any,
                args: Any,
                layer: int = layer,
                held: torch.Tensor = held,
                received: dict[int, torch.Tensor] = received,
            ) -> Any:
                received[layer] = args[0]
                return (held,)

            hooks.append(projection.register_forward_pre_hook(hold))
        if freeze_mlps:
            hooks += [
                mlp.register_forward_hook(
                    lambda module, args, output, kept=kept: kept.expand_as(output)
                )
                for (_, mlp), kept in zip(parts, clean_mlps, strict=True)
            ]
        patched = difference(batch, hooks)
        if receivers is not None:
            hooks = []
            for layer in {layer for layer, _ in receivers}:
                receiving = [head for at, head in receivers if at == layer]

                def receive(
                    module: Any,
                    args: Any,
                    receiving: list[int] = receiving,
                    given: torch.Tensor = received[layer],
                ) -> Any:
                    joined = args[0].clone()
                    for head in receiving:
                        place = slice(head * width, (head + 1) * width)
                        joined[..., place] = given[..., place]
                    return (joined,)

                hooks.append(projections[layer].register_forward_pre_hook(receive))
            patched = difference(batch, hooks)
        effect[sender] = (clean_difference - patched).cpu() / gap
    return {
        "tokens": [tokenizer.decode([token]) for token in clean_ids[0].tolist()],
        "effect": effect,
        "strongest": strongest_heads(effect, strongest),
        "clean_difference": clean_difference,
        "corrupted_difference": corrupted_difference,
    }
