"""A probe trained with an optimizer and a scheduler."""

from dataclasses import dataclass, field

import torch
from torch import nn, optim


@dataclass
class Config:
    steps: int = 20
    lr: float = 0.05
    losses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.steps > 0, "steps must be positive"


class Probe(nn.Module):
    def __init__(self, width: int, classes: int = 2):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x):
        self.seen += x.shape[0]
        return self.head(self.norm(x))


def technique(model, tokenizer):
    torch.manual_seed(0)
    cfg = Config(steps=10)
    words = ["cat", "dog", "sat", "mat", "the", "on"]
    with torch.no_grad():
        feats = torch.stack(
            [
                model(**tokenizer(w, return_tensors="pt"), output_hidden_states=True).hidden_states[
                    -1
                ][0, -1]
                for w in words
            ]
        )
    labels = torch.tensor([0, 0, 1, 1, 0, 1])
    probe = Probe(feats.shape[-1])
    opt = optim.AdamW(probe.parameters(), lr=cfg.lr, weight_decay=0.0)
    sched = optim.lr_scheduler.StepLR(opt, step_size=5, gamma=0.5)
    loss_fn = nn.CrossEntropyLoss()
    for _ in range(cfg.steps):
        opt.zero_grad()
        loss = loss_fn(probe(feats), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(probe.parameters(), 1.0)
        opt.step()
        sched.step()
        cfg.losses.append(loss.item())
    accuracy = (probe(feats).argmax(-1) == labels).float().mean().item()
    return {
        "losses": cfg.losses,
        "accuracy": accuracy,
        "lr": opt.param_groups[0]["lr"],
        "seen": probe.seen,
    }
