"""KL divergence of steered runs from the base, over layers and strengths, as a table of text."""

# ruff: noqa: RUF005, UP042  # as people write it

import itertools
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum

import torch
import torch.nn.functional as F


class Site(str, Enum):
    PRE = "pre"
    POST = "post"

    @classmethod
    def parse(cls, text: str) -> "Site":
        return cls(text.strip().lower())


@dataclass(order=True)
class Point:
    kl: float
    layer: int
    strength: float
    site: Site = Site.POST

    def row(self) -> str:
        return f"{self.layer:>2d} {self.strength:+.1f} {self.site.value:<4} {self.kl:.3e}"


class Steer:
    """Adds a direction at one site while the context is open."""

    def __init__(self, block, direction, strength, site):
        self.block, self.site = block, site
        self._delta = strength * direction / direction.norm().clamp_min(1e-8)
        self._handle = None

    def __enter__(self):
        if self.site is Site.PRE:
            self._handle = self.block.register_forward_pre_hook(self._pre, with_kwargs=True)
        else:
            self._handle = self.block.register_forward_hook(self._post)
        return self

    def __exit__(self, exc_type, exc, tb):
        self._handle.remove()
        return False

    def _pre(self, module, args, kwargs):
        if args:
            return (args[0] + self._delta, *args[1:]), kwargs
        return args, {**kwargs, "hidden_states": kwargs["hidden_states"] + self._delta}

    def _post(self, module, args, output):
        if isinstance(output, tuple):
            return (output[0] + self._delta,) + output[1:]
        return output + self._delta


def technique(model, tokenizer):
    inputs = tokenizer("the big red cat", return_tensors="pt")
    W = model.lm_head.weight.detach()
    good, bad = tokenizer.convert_tokens_to_ids(["cat", "dog"])
    direction = W[good] - W[bad]
    points, by_site = [], defaultdict(list)
    with torch.no_grad():
        base = F.log_softmax(model(**inputs).logits[:, -1], dim=-1)
        sweep = itertools.product(range(len(model.transformer.h)), (-2.0, 2.0), ("pre", " Post "))
        for layer, strength, site in sweep:
            with Steer(model.transformer.h[layer], direction, strength, Site.parse(site)) as s:
                new = F.log_softmax(model(**inputs).logits[:, -1], dim=-1)
            kl = F.kl_div(new, base, log_target=True, reduction="batchmean").item()
            p = Point(kl, layer, strength, s.site)
            points.append(p)
            by_site[s.site.name].append(p.kl)
    points.sort(reverse=True)
    best, *_, worst = points
    means = {k: math.fsum(v) / len(v) for k, v in by_site.items()}
    text = json.dumps({"best": best.layer, "sites": sorted(means)}, indent=2)
    return {
        "best": best.row().split(),
        "worst": worst.row().split(),
        "means": means,
        "rows": [p.row()[:7] for p in points],
        "json": json.loads(text),
        "handles": len([p for p in points if p.kl >= 0]),
    }
