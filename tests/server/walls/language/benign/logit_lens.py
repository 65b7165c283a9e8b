"""Reads the vocabulary off every layer."""
# ruff: noqa: B007, B905  # written as in a notebook

import torch
import torch.nn.functional as F


@torch.no_grad()
def technique(model, tokenizer, text="the cat sat on", k: int = 3):
    inputs = tokenizer(text, return_tensors="pt").to(model.device)
    out = model(**inputs, output_hidden_states=True)
    head, norm = model.get_output_embeddings(), model.transformer.ln_f
    table: list[list[tuple[str, float]]] = []
    for layer, hidden in enumerate(out.hidden_states):
        logits = head(norm(hidden[0, -1]))
        probs = F.softmax(logits, dim=-1)
        top = probs.topk(k)
        table.append(
            [
                (tokenizer.decode([i]), round(p, 4))
                for p, i in zip(top.values.tolist(), top.indices.tolist())
            ]
        )
    return table
