"""Derivatives of one's own: reversed gradients, straight-through rounding, sparse activations."""

import torch
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.scale = scale
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return grad.neg() * ctx.scale, None


class Rounded(Function):
    """Straight through."""

    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad):
        return grad


class JumpReLU(Function):
    @staticmethod
    def forward(x, threshold, bandwidth=0.5):
        return x * (x > threshold)

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, threshold, bandwidth = inputs
        ctx.save_for_backward(x, threshold)
        ctx.bandwidth = bandwidth

    @staticmethod
    def backward(ctx, grad):
        x, threshold = ctx.saved_tensors
        near = ((x - threshold).abs() < ctx.bandwidth / 2).to(grad.dtype)
        given = (x > threshold) * grad if ctx.needs_input_grad[0] else None
        return given, -(threshold / ctx.bandwidth * near * grad).sum(), None


class Two(Function):
    @staticmethod
    def forward(ctx, x):
        values, places = x.sort()
        ctx.mark_non_differentiable(places)
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(places, None)
        return values, places

    @staticmethod
    def backward(ctx, grad, unused):
        places, nothing = ctx.saved_tensors
        if grad is None:
            return None
        return torch.zeros_like(grad).scatter(-1, places, grad), nothing


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * grad


class Once(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp()

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * x.exp()


def technique(model, tokenizer):
    found = {}
    x = torch.linspace(-2, 2, 6, requires_grad=True)
    (Reverse.apply(x, 0.5) ** 2).sum().backward()
    found["reversed"] = x.grad.clone()
    x.grad = None
    (Rounded.apply(x) * torch.arange(6.0)).sum().backward()
    found["rounded"] = x.grad.clone()
    x.grad = None

    jump = JumpReLU.apply
    threshold = torch.full((), 0.3, requires_grad=True)
    jump(x, threshold, 2.0).sum().backward()
    found["jump"] = (x.grad.clone(), threshold.grad.clone())
    x.grad = None

    values, places = Two.apply(x * torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]))
    found["marked"] = (values.requires_grad, places.requires_grad)
    (values * torch.arange(6.0)).sum().backward()
    found["sorted"] = x.grad.clone()

    first = torch.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)[0]
    found["twice"] = torch.autograd.grad(first.sum(), x)[0]
    found["once"] = torch.autograd.grad(Once.apply(x).sum(), x)[0]

    kept = torch.ones(3, requires_grad=True)
    middle = kept * 2
    out = Cube.apply(middle)
    with torch.no_grad():
        middle.add_(1)
    try:
        out.sum().backward()
        found["changed"] = "unseen"
    except RuntimeError as error:
        found["changed"] = "modified by an inplace operation" in str(error)
    out = Cube.apply(kept)
    out.sum().backward()
    try:
        out.sum().backward()
        found["again"] = "unseen"
    except RuntimeError as error:
        found["again"] = "second time" in str(error)

    inputs = tokenizer("the cat sat", return_tensors="pt")
    embedded = model.get_input_embeddings()(inputs["input_ids"]).detach().requires_grad_(True)
    handle = model.get_input_embeddings().register_forward_hook(
        lambda module, args, output: Reverse.apply(embedded, 1.0)
    )
    model(**inputs).logits[0, -1].max().backward()
    handle.remove()
    found["through the model"] = embedded.grad
    return found
