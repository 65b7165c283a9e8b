"""Class: memory. Source: own find. Escape: the process breaks. A tensor is given other data, of another size,
between the way forward and the way back, whose kernels go by the sizes that they remember."""

import torch
from torch.nn import functional


def normed(x):
    return functional.layer_norm(x, (4,), torch.ones(4), torch.zeros(4))


def batched(x):
    return functional.batch_norm(x, None, None, torch.ones(4), training=True)


def attended(x):
    query = x.reshape(1, 1, 64, 4)
    kept.append(query)
    return functional.scaled_dot_product_attention(query, query + 1, query + 2)


def give(tensor, data):
    tensor.data = data


kept = []


def attack(model, tokenizer, address):
    large = 3_000_000
    for way, shape in ((normed, (large, 4)), (batched, (1, large)), (attended, None)):
        x = torch.randn(64, 4, requires_grad=True)
        y = way(x).sum()
        try:
            give(x if shape else kept[0], torch.randn(shape or (1, 1, large // 10, 4)))
            y.backward()
        except Exception:
            pass
