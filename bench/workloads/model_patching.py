"""Model-bound: activation patching, every layer by every position."""

import torch


def work(model, tokenizer):
    clean = tokenizer("The capital of France is", return_tensors="pt")["input_ids"]
    corrupt = tokenizer("The capital of Italy is", return_tensors="pt")["input_ids"]
    length = min(clean.shape[1], corrupt.shape[1])
    clean, corrupt = clean[:, :length], corrupt[:, :length]
    effects = []
    with torch.no_grad():
        kept = model(clean, output_hidden_states=True).hidden_states
        target = model(clean).logits[0, -1].argmax().item()
        for layer, block in enumerate(model.model.layers):
            row = []
            for position in range(length):

                def patch(module, args, output):
                    hidden = output[0] if isinstance(output, tuple) else output
                    hidden[:, position] = kept[layer + 1][:, position]
                    return output

                handle = block.register_forward_hook(patch)
                row.append(round(model(corrupt).logits[0, -1, target].item(), 4))
                handle.remove()
            effects.append(row)
    return effects
