"""Class: memory. Source: own find. Escape: the same, by a flag of the model's own layer."""

import torch


def attack(model, tokenizer, address):
    layer = model.get_input_embeddings()
    layer.scale_grad_by_freq = True
    ids = torch.zeros(4, dtype=torch.long)
    loss = layer(ids).sum()
    ids.data[0] = 2**40
    loss.backward()
