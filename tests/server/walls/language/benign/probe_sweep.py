"""Linear probes over layers with k-fold splits, AdamW, early stopping and a nested counter."""

import copy
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


@dataclass(slots=True, kw_only=True)
class Result:
    layer: int
    accuracy: float = 0.0
    history: list[float] = field(default_factory=list, repr=False)

    def __str__(self):
        return f"layer {self.layer}: {self.accuracy:.0%} after {len(self.history)} steps"


class Probe(nn.Sequential):
    def __init__(self, width, hidden=8, classes=2, p=0.0):
        super().__init__(
            nn.LayerNorm(width),
            nn.Linear(width, hidden),
            nn.GELU(),
            nn.Dropout(p),
            nn.Linear(hidden, classes),
        )

        def init(m):
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                nn.init.zeros_(m.bias)

        self.apply(init)


def folds(n, k, seed=0):
    order = np.random.RandomState(seed) if False else np.random.default_rng(seed)
    index = order.permutation(n)
    for part in np.array_split(index, k):
        yield np.setdiff1d(index, part), part


def technique(model, tokenizer):
    started = time.perf_counter()
    torch.manual_seed(0)
    words = ["cat", "dog", "mat", "red", "big", "ran", "sat", "on"]
    labels = torch.tensor([0, 0, 0, 1, 1, 1, 1, 1])
    batch = tokenizer(words, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**batch, output_hidden_states=True).hidden_states
    steps = 0

    def train(x, y, epochs=15, patience=5):
        nonlocal steps
        probe = Probe(x.shape[-1]).train()
        opt = torch.optim.AdamW(
            [
                {"params": [p for n, p in probe.named_parameters() if n.endswith("weight")]},
                {
                    "params": [p for n, p in probe.named_parameters() if n.endswith("bias")],
                    "weight_decay": 0.0,
                },
            ],
            lr=1e-2,
        )
        best, state, bad, history = float("inf"), None, 0, []
        for _ in range(epochs):
            opt.zero_grad(set_to_none=True)
            loss = F.cross_entropy(probe(x), y, label_smoothing=0.05)
            loss.backward()
            opt.step()
            steps += 1
            history.append(loss.item())
            if loss.item() < best - 1e-6:
                best, state, bad = loss.item(), copy.deepcopy(probe.state_dict()), 0
            else:
                bad += 1
                if bad >= patience:
                    break
        probe.load_state_dict(state)
        return probe.eval(), history

    results = []
    for layer, states in enumerate(hidden):
        x = states[:, -1].clone()
        correct, history = [], []
        for train_index, test_index in folds(len(words), 4):
            i, j = torch.from_numpy(train_index), torch.from_numpy(test_index)
            probe, history = train(x[i], labels[i])
            with torch.no_grad():
                correct.extend((probe(x[j]).argmax(-1) == labels[j]).tolist())
        results.append(Result(layer=layer, accuracy=float(np.mean(correct)), history=history))
    best = max(results, key=lambda r: (r.accuracy, -r.layer))
    return {
        "accuracy": [r.accuracy for r in results],
        "best": best.layer,
        "history": best.history,
        "steps": steps,
        "text": [str(r).split(":")[0] for r in results],
        "repr": "history" in repr(best),
        "fast": time.perf_counter() - started < 60,
    }
