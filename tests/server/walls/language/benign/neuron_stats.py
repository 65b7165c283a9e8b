"""Streaming statistics of MLP neurons: a generator pipeline, Welford's update, top examples."""

# ruff: noqa: B905, RUF023  # as people write it

import heapq
from collections import defaultdict
from itertools import chain, islice

import torch


class Running:
    """Welford's mean and variance; also keeps the strongest examples."""

    __slots__ = ("count", "mean", "_m2", "top", "keep")

    def __init__(self, width, keep=2):
        self.count = 0
        self.mean = torch.zeros(width)
        self._m2 = torch.zeros(width)
        self.keep = keep
        self.top = defaultdict(list)

    def update(self, x, label):
        for row in x:
            self.count += 1
            delta = row - self.mean
            self.mean += delta / self.count
            self._m2 += delta * (row - self.mean)
        peak = x.max(dim=0)
        for neuron in range(0, x.shape[1], 16):
            heapq.heappush(self.top[neuron], (peak.values[neuron].item(), label))
            if len(self.top[neuron]) > self.keep:
                heapq.heappop(self.top[neuron])

    def __iadd__(self, other):
        x, label = other
        self.update(x, label)
        return self

    @property
    def var(self):
        return self._m2 / max(self.count - 1, 1)


def batched(iterable, n):
    it = iter(iterable)
    while chunk := list(islice(it, n)):
        yield chunk


def activations(model, tokenizer, texts, layer):
    seen = []
    handle = model.transformer.h[layer].mlp.act.register_forward_hook(
        lambda m, a, out: seen.append(out.detach())
    )
    try:
        for chunk in batched(texts, 2):
            batch = tokenizer(chunk, return_tensors="pt", padding=True)
            with torch.no_grad():
                model(**batch)
            acts = seen.pop()
            for text, row, mask in zip(chunk, acts, batch["attention_mask"]):
                yield text, row[mask.bool()]
    finally:
        handle.remove()


def technique(model, tokenizer):
    texts = ["the cat", "a dog ran", "the red mat sat", "big", "on the mat"]
    stats = {}
    for layer in range(len(model.transformer.h)):
        running = Running(4 * model.config.n_embd)
        for text, acts in activations(model, tokenizer, texts, layer):
            running += (acts, text)
        stats[layer] = running
    counts = dict.fromkeys(texts, 0)
    for label in chain.from_iterable(
        (label for _, label in found) for s in stats.values() for found in s.top.values()
    ):
        counts[label] += 1
    grid = [[0] * 3 for _ in range(2)]
    grid[1][2] += 5
    grid[0][:2] += [7]
    flags = 0b0101
    flags |= 0b0010
    flags <<= 2
    words = "x"
    words += "y" * 2
    words *= 2
    return {
        "means": torch.stack([s.mean for s in stats.values()]),
        "vars": [s.var.sum().item() for s in stats.values()],
        "count": stats[0].count,
        "counts": sum(counts.values()),
        "top": [[label for _, label in heapq.nlargest(2, s.top[0])] for s in stats.values()],
        "grid": grid,
        "flags": flags,
        "words": words,
    }
