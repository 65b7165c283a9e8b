"""torch.func, vmap, jacobians, functional_call, double backward."""
# ruff: noqa: E731  # written as in a notebook

import torch
from torch.func import functional_call, grad, jacrev, vmap


def technique(model, tokenizer):
    torch.manual_seed(0)
    x = torch.randn(3, 4)
    f = lambda v: (v**2).sum()
    per = vmap(grad(f))(x)
    jac = jacrev(lambda v: v.sin())(x[0])
    layer = torch.nn.Linear(4, 2)
    params = {k: torch.zeros_like(v) for k, v in layer.named_parameters()}
    out = functional_call(layer, params, (x,))
    y = x.clone().requires_grad_()
    (g,) = torch.autograd.grad((y**3).sum(), y, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), y)
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    fitted = torch.linalg.lstsq(x, torch.ones(3, 1)).solution
    dist = torch.distributions.Categorical(logits=torch.zeros(3))
    return (
        per,
        jac,
        out,
        h,
        (u @ torch.diag(s) @ vh - x).abs().max() < 1e-4,
        fitted,
        dist.entropy(),
        torch.einsum("ij,kj->ik", x, x),
    )
