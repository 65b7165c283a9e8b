"""Class: memory. Source: own find. Escape: a derivative of one's own gives gradients of other
shapes, types and kinds than the kernels before it are made for, or none.
Teeth: none, torch looks at the shape, type and device of each gradient that a node gives.
"""

import torch
import torch.nn.functional as F


class Gives(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, make):
        ctx.make = make
        return x.clone()

    @staticmethod
    def backward(ctx, grad):
        return ctx.make(grad), None


def attack(model, tokenizer, address):
    index = torch.tensor([0, 1, 2])

    def before():
        x = torch.ones(4, 6, requires_grad=True)
        yield x.gather(0, index.view(3, 1).expand(3, 6))
        yield F.embedding(index, x)
        yield F.max_pool1d(x[None], 2)
        yield F.layer_norm(x, (6,))
        yield F.scaled_dot_product_attention(x[None, None], x[None, None], x[None, None])
        yield F.conv1d(x[None], torch.ones(4, 4, 2, requires_grad=True))
        yield x.cumprod(1)
        yield x.sort(1).values
        yield torch.linalg.solve(torch.eye(4) * x.sum(), x)
        yield torch.nn.LSTM(6, 3)(x)[0]

    makes = (
        lambda grad: torch.full((1 << 20,), 7.0),
        lambda grad: torch.full((), 7.0).expand(grad.shape),
        lambda grad: torch.full(grad.shape, 7, dtype=torch.int64),
        lambda grad: torch.full(grad.shape, 7.0, dtype=torch.float64),
        lambda grad: torch.empty(grad.shape, device="meta"),
        lambda grad: torch.zeros(0),
        lambda grad: grad.mT if grad.dim() > 1 else grad,
        lambda grad: None,
        lambda grad: [grad],
        lambda grad: (grad, grad, grad, grad),
        lambda grad: torch.full(grad.shape, float("nan")),
    )
    for make in makes:
        for y in before():
            try:
                Gives.apply(y, make).sum().backward()
            except Exception:
                continue
