"""A small sparse autoencoder with parameters, trained by hand."""
# ruff: noqa: B007  # written as in a notebook

import torch
from torch import nn


class SAE(nn.Module):
    def __init__(self, d, m, *, l1=1e-3):
        super().__init__()
        self.W = nn.Parameter(torch.randn(d, m) * 0.1)
        self.b = nn.Parameter(torch.zeros(m))
        self.decoder = nn.Sequential(nn.Linear(m, d), nn.Identity())
        self._l1 = l1

    def encode(self, x):
        return torch.relu(x @ self.W + self.b)

    def forward(self, x):
        z = self.encode(x)
        return self.decoder(z), z

    def loss(self, x):
        y, z = self(x)
        return ((y - x) ** 2).mean() + self._l1 * z.abs().sum()


def technique(model, tokenizer):
    torch.manual_seed(0)
    acts = []
    handle = model.transformer.h[0].register_forward_hook(
        lambda m, i, o: acts.append((o[0] if isinstance(o, tuple) else o).detach())
    )
    model(**tokenizer("the cat sat on the mat", return_tensors="pt"))
    handle.remove()
    x = torch.cat(acts).flatten(0, 1)
    sae = SAE(x.shape[-1], 16)
    losses = []
    for step in range(5):
        loss = sae.loss(x)
        grads = torch.autograd.grad(loss, list(sae.parameters()))
        with torch.no_grad():
            for p, g in zip(sae.parameters(), grads, strict=True):
                p -= 0.1 * g
        losses.append(round(loss.item(), 4))
    state = {k: v.shape for k, v in sae.state_dict().items()}
    return losses, state, (sae.encode(x) > 0).float().mean()
