"""What is called: the same source everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

_INPUTS: Final = 'tokenizer("The capital of France is", return_tensors="pt")'


@dataclass(frozen=True)
class Workload:
    """A technique named `work`, with what it is given after the model and the tokenizer."""

    name: str
    source: str
    #: How often each way runs it, of the rounds that were asked for.
    share: float = 1.0
    args: Callable[[], tuple[Any, ...]] = tuple
    #: Its arguments are more than a request holds.
    uploads: bool = False

    def function(self) -> Callable[..., Any]:
        """The technique as plain Python."""
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(self.source, self.name, "exec"), namespace)  # noqa: S102  # ours, below
        function: Callable[..., Any] = namespace["work"]
        return function


WORKLOADS: Final = (
    Workload("trivial", "def work(model, tokenizer):\n    return 1\n"),
    Workload(
        "forward pass",
        f"""
import torch

def work(model, tokenizer):
    with torch.no_grad():
        return model(**{_INPUTS}).logits[0, -1].topk(5).indices.tolist()
""",
    ),
    Workload(
        "generate 20 tokens",
        f"""
def work(model, tokenizer):
    out = model.generate(**{_INPUTS}, max_new_tokens=20, min_new_tokens=20, do_sample=False)
    return tokenizer.decode(out[0])
""",
        share=0.25,
    ),
    Workload(
        "all hidden states out",
        f"""
import torch

def work(model, tokenizer):
    with torch.no_grad():
        states = model(**{_INPUTS}, output_hidden_states=True).hidden_states
    return torch.stack(states).numpy()
""",
    ),
    Workload(
        "hooks on every layer",
        f"""
import torch

def work(model, tokenizer):
    norms = []
    hooks = [
        module.register_forward_hook(lambda module, args, output: norms.append(1.0))
        for module in model.modules()
        if isinstance(module, torch.nn.Linear)
    ]
    with torch.no_grad():
        model(**{_INPUTS})
    for hook in hooks:
        hook.remove()
    return len(norms)
""",
    ),
    Workload(
        "loop of Python",
        """
def work(model, tokenizer):
    counts = {}
    for number in range(40_000):
        key = number % 97
        counts[key] = counts.get(key, 0) + number
    return sorted(counts.values())[:5]
""",
    ),
    Workload(
        "64 MB argument",
        "def work(model, tokenizer, array):\n    return float(array[-1])\n",
        share=0.25,
        args=lambda: (np.ones(8_000_000),),
        uploads=True,
    ),
)
