"""PCA of hidden states by SVD, explained variance, cosine similarities, projections removed."""

# ruff: noqa: RUF059  # as people write it

import numpy as np
import torch
import torch.nn.functional as F

PROMPTS = ["the cat sat", "the dog ran", "a red mat", "a big cat", "the mat", "on the dog"]


def last_states(model, tokenizer, prompts, layer=-1):
    for prompt in prompts:
        with torch.no_grad():
            out = model(**tokenizer(prompt, return_tensors="pt"), output_hidden_states=True)
        yield out.hidden_states[layer].squeeze(0)[-1]


def pca(x, n):
    mean = x.mean(0, keepdim=True)
    U, S, Vh = torch.linalg.svd(x - mean, full_matrices=False)
    # Signs of singular vectors are arbitrary: make the largest part of each positive.
    signs = torch.sign(Vh.gather(1, Vh.abs().argmax(1, keepdim=True)))
    Vh = Vh * signs
    explained = S.square() / S.square().sum()
    return mean, Vh[:n], explained[:n]


def technique(model, tokenizer):
    x = torch.stack(list(last_states(model, tokenizer, PROMPTS))).to(torch.float64)
    mean, comps, explained = pca(x, 2)
    coords = (x - mean) @ comps.T
    residual = x - mean - torch.einsum("nk,kd->nd", coords, comps)
    sims = F.cosine_similarity(x.unsqueeze(0), x.unsqueeze(1), dim=-1)
    off = sims[~torch.eye(len(x), dtype=torch.bool)]
    a = x.numpy()
    cov = np.cov(a, rowvar=False)
    vals, _ = np.linalg.eigh(cov)
    vals = vals[::-1]
    order = np.argsort(-np.abs(coords.numpy()[:, 0]))
    groups = np.where(coords.numpy()[:, 0] > 0, "left", "right")
    quantiles = np.quantile(off.numpy(), [0.1, 0.5, 0.9])
    out = np.zeros(3)
    out[:2] += vals[:2]
    out *= 2.0
    out[2] -= 1
    np.add(out, 1.0, out=out)
    acc = np.maximum.accumulate(np.abs(out))
    total = np.add.reduce(out)
    return {
        "explained": explained,
        "ratio": float(vals[0] / vals.sum()),
        "residual": residual.norm(),
        "mean_cos": off.mean().item(),
        "first": PROMPTS[int(order[0])],
        "sides": sorted(set(groups.tolist())),
        "quantiles": [round(float(q), 5) for q in quantiles],
        "out": out,
        "acc": acc,
        "total": float(total),
        "mask": int(np.logical_and(a > 0, a < 1).sum()),
        "norm": np.linalg.norm(a, axis=1).mean().item(),
    }
