"""Caches the output of modules picked by regex, with hooks made by functools.partial."""

# ruff: noqa: SIM118  # as people write it

import re
from collections import OrderedDict, defaultdict
from contextlib import contextmanager
from functools import partial

import torch
from torch import nn


@contextmanager
def hooks(model, pattern, fn):
    handles = []
    try:
        for name, module in model.named_modules():
            if re.search(pattern, name) and not isinstance(module, nn.ModuleList):
                handles.append(module.register_forward_hook(partial(fn, name=name)))
        yield handles
    finally:
        for h in handles:
            h.remove()
        handles.clear()


class ActivationCache(dict):
    def __getattr__(self, key):
        try:
            return self[key]
        except KeyError as e:
            raise AttributeError(key) from e

    def stack(self, prefix: str) -> torch.Tensor:
        found = sorted((k for k in self if k.startswith(prefix)), key=lambda k: k.split("."))
        return torch.stack([self[k] for k in found], dim=0)


@torch.no_grad()
def technique(model, tokenizer):
    cache = ActivationCache()
    calls = defaultdict(int)

    def keep(module, args, output, *, name):
        calls[type(module).__name__] += 1
        out = output[0] if isinstance(output, tuple) else output
        cache[name] = out.detach().to(torch.float64).cpu()

    model.eval()
    with hooks(model, r"\.h\.\d+\.(mlp|ln_[12])$|\.ln_f$", keep):
        model(**tokenizer(["the cat sat", "a big dog"], return_tensors="pt"))
    ln = {k: v.norm(dim=-1).mean().item() for k, v in cache.items() if "ln_" in k}
    text = "\n".join(f"{k:<24s}|{v:>10.4f}" for k, v in sorted(ln.items(), key=lambda kv: -kv[1]))
    by_layer = OrderedDict()
    for k in cache.keys():
        m = re.match(r"transformer\.h\.(?P<layer>\d+)\.(?P<part>\w+)", k)
        if m is None:
            continue
        by_layer.setdefault(int(m.group("layer")), []).append(m["part"])
    return {
        "calls": dict(calls),
        "layers": {k: sorted(v) for k, v in by_layer.items()},
        "stacked": cache.stack("transformer.h.0"),
        "lines": len(text.splitlines()),
        "missing": hasattr(cache, "nothing"),
    }
