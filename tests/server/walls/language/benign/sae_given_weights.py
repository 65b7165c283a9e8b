"""A sparse autoencoder with weights given as arrays: encode, ablate features, splice back."""

# ruff: noqa: RUF005, UP045  # as people write it

import math
from typing import NamedTuple, Optional

import einops
import numpy as np
import torch
from torch import Tensor, nn


class SAEOutput(NamedTuple):
    acts: Tensor
    recon: Tensor
    loss: float


class SAE(nn.Module):
    W_enc: nn.Parameter
    b_enc: Tensor

    def __init__(self, weights: dict, *, k: Optional[int] = None) -> None:
        super().__init__()
        for name, value in weights.items():
            self.register_parameter(name, nn.Parameter(torch.as_tensor(value, dtype=torch.float32)))
        self.k = k
        self.register_buffer("fired", torch.zeros(self.W_enc.shape[1], dtype=torch.long))

    @property
    def d_sae(self) -> int:
        return self.W_enc.shape[1]

    def encode(self, x):
        pre = einops.einsum(x - self.b_dec, self.W_enc, "... d, d f -> ... f") + self.b_enc
        acts = torch.relu(pre)
        if self.k is not None:
            top = torch.topk(acts, self.k, dim=-1)
            acts = torch.zeros_like(acts).scatter_(-1, top.indices, top.values)
        self.fired += (acts > 0).reshape(-1, self.d_sae).sum(0)
        return acts

    def decode(self, acts):
        return acts @ self.W_dec + self.b_dec

    def forward(self, x):
        acts = self.encode(x)
        recon = self.decode(acts)
        return SAEOutput(acts, recon, (recon - x).pow(2).mean().item())


def technique(model, tokenizer):
    rng = np.random.default_rng(0)
    d, f = model.config.n_embd, 4 * model.config.n_embd
    W = rng.standard_normal((d, f)).astype(np.float32) / math.sqrt(d)
    sae = SAE({"W_enc": W, "W_dec": W.T.copy(), "b_enc": np.zeros(f), "b_dec": np.zeros(d)}, k=8)
    sae.requires_grad_(False)
    captured: list[SAEOutput] = []

    def splice(module, args, output):
        hidden = output[0] if isinstance(output, tuple) else output
        out = sae(hidden)
        captured.append(out)
        error = hidden - out.recon
        acts = out.acts.clone()
        acts[..., :10] = 0.0
        new = sae.decode(acts) + error
        return (new,) + output[1:] if isinstance(output, tuple) else new

    inputs = tokenizer("the cat sat on the mat", return_tensors="pt")
    with torch.no_grad():
        before = model(**inputs).logits
        handle = model.transformer.h[0].register_forward_hook(splice)
        after = model(**inputs).logits
        handle.remove()
    acts, recon, loss = captured[0]
    kl = (before.log_softmax(-1).exp() * (before.log_softmax(-1) - after.log_softmax(-1))).sum(-1)
    return {
        "l0": (acts > 0).float().sum(-1).mean().item(),
        "loss": loss,
        "kl": einops.reduce(kl, "b t -> b", "mean"),
        "dead": int((sae.fired == 0).sum()),
        "fields": captured[0]._fields,
        "top": torch.argsort(acts.sum((0, 1)), descending=True)[:5].tolist(),
        "norms": recon.norm(dim=-1),
    }
