"""Class: memory. Source: own find. Escape: a list that a derivative saves, or what it marks, is
changed while C code walks it, or holds what is no tensor.
Teeth: none, torch is given tuples that nobody else has, and looks at what they hold.
"""

import torch


class Shrinks:
    def __init__(self, kept):
        self.kept = kept

    def __len__(self):
        self.kept.clear()
        return 8

    def __getitem__(self, index):
        self.kept.clear()
        return torch.zeros(1)

    def __bool__(self):
        self.kept.clear()
        return True


class Saves(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, how):
        how(ctx, x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * len(ctx.saved_tensors), None


def attack(model, tokenizer, address):
    kept = [torch.zeros(1) for _ in range(8)]
    shrinks = Shrinks(kept)
    ways = (
        lambda ctx, x: ctx.save_for_backward(kept),
        lambda ctx, x: ctx.save_for_backward(*kept, shrinks),
        lambda ctx, x: ctx.mark_non_differentiable(shrinks),
        lambda ctx, x: ctx.mark_non_differentiable(kept),
        lambda ctx, x: ctx.mark_non_differentiable(x, None),
        lambda ctx, x: ctx.set_materialize_grads(shrinks),
        lambda ctx, x: setattr(ctx, "_saved", shrinks),
        lambda ctx, x: setattr(ctx, "_apart", kept),
        lambda ctx, x: setattr(ctx, "_filled", shrinks),
    )
    for way in ways:
        try:
            x = torch.ones(2, requires_grad=True)
            Saves.apply(x, way).sum().backward()
        except Exception:
            continue
