"""Replaces one layer's output at one position by another run's."""

import torch


def technique(model, tokenizer, clean="the cat sat", corrupt="the dog sat"):
    blocks = model.transformer.h
    stored = {}

    def save(name):
        def hook(module, args, output):
            stored[name] = (output[0] if isinstance(output, tuple) else output).detach().clone()

        return hook

    def patch(name, position):
        def hook(module, args, output):
            hidden = output[0] if isinstance(output, tuple) else output
            hidden = hidden.clone()
            hidden[:, position, :] = stored[name][:, position, :]
            return (hidden, *output[1:]) if isinstance(output, tuple) else hidden

        return hook

    inputs = tokenizer(clean, return_tensors="pt")
    handles = [b.register_forward_hook(save(f"h{i}")) for i, b in enumerate(blocks)]
    with torch.no_grad():
        model(**inputs)
    for handle in handles:
        handle.remove()

    other = tokenizer(corrupt, return_tensors="pt")
    effects = torch.zeros(len(blocks), other["input_ids"].shape[1])
    with torch.no_grad():
        base = model(**other).logits[0, -1]
        for layer in range(len(blocks)):
            for position in range(other.input_ids.shape[-1]):
                handle = blocks[layer].register_forward_hook(patch(f"h{layer}", position))
                try:
                    effects[layer, position] = (model(**other).logits[0, -1] - base).norm()
                finally:
                    handle.remove()
    return effects
