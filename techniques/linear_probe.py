"""Linear probes: what can be read off the residual stream, and from which layer on.

A logistic regression is trained on each layer's activations. What it gets right on texts it has
not seen is what a straight cut through that layer's space can tell.

Source: Alain and Bengio, "Understanding intermediate layers using linear classifier probes",
arXiv:1610.01644; Belinkov, "Probing Classifiers", arXiv:2102.12452.
"""

from typing import Any

import torch

from ._readings import last_streams
from ._structure import blocks


def linear_probe(
    model: Any,
    tokenizer: Any,
    texts: list[str],
    labels: list[int],
    held_out: float = 0.25,
    penalty: float = 1e-2,
    seed: int = 0,
) -> dict[str, Any]:
    """Trains one probe a layer on the last token's residual stream, to its optimum.

    Activations are brought to mean 0 and deviation 1 with the training texts' own numbers.

    Args:
        model: a causal language model.
        tokenizer: its tokenizer.
        texts: at least four.
        labels: 0 or 1 for each text.
        held_out: the share of the texts that is kept for the test, 0 to 1.
        penalty: what the mean squared weight is multiplied by in the loss.
        seed: of the split.

    Returns:
        train_accuracy: float32 [layer].
        test_accuracy: float32 [layer].
        majority: the accuracy on the test texts of always giving the commoner training label.
        weights: float32 [layer, hidden], for the scaled activations.
        biases: float32 [layer].
        loss: float32 [layer], of the training texts, penalty included, nats.
        test_texts: the texts that were kept for the test.

    Raises:
        ValueError: texts and labels do not match, a label is not 0 or 1, or a part of the split
            would be empty or have one label only.
    """
    if len(texts) != len(labels) or len(texts) < 4 or set(labels) - {0, 1}:
        raise ValueError("give at least four texts, and a label of 0 or 1 for each")
    order = torch.randperm(len(texts), generator=torch.Generator().manual_seed(seed)).tolist()
    kept = round(held_out * len(texts))
    test, train = order[:kept], order[kept:]
    if not test or len({labels[i] for i in train}) < 2:
        raise ValueError(
            f"of {len(texts)} texts {len(test)} would be kept for the test, and the others have "
            f"{len({labels[i] for i in train})} label(s): give more texts, or another seed"
        )
    activations = last_streams(
        model, tokenizer, blocks(model), texts
    ).cpu()  # [layer, text, hidden]
    targets = torch.tensor(labels, dtype=torch.float32)
    commoner = float(targets[train].mean().round())

    weights, biases, losses, train_accuracy, test_accuracy = [], [], [], [], []
    for layer in activations:
        mean = layer[train].mean(0)
        deviation = layer[train].std(0, correction=0).clamp_min(1e-6)
        scaled = (layer - mean) / deviation
        weight, bias, loss = _fit(scaled[train], targets[train], penalty)
        right = ((scaled @ weight + bias) > 0) == (targets > 0.5)
        weights.append(weight)
        biases.append(bias)
        losses.append(loss)
        train_accuracy.append(right[train].float().mean())
        test_accuracy.append(right[test].float().mean())
    return {
        "train_accuracy": torch.stack(train_accuracy),
        "test_accuracy": torch.stack(test_accuracy),
        "majority": float((targets[test] == commoner).float().mean()),
        "weights": torch.stack(weights),
        "biases": torch.stack(biases),
        "loss": torch.stack(losses),
        "test_texts": [texts[i] for i in test],
    }


def _fit(
    inputs: torch.Tensor, targets: torch.Tensor, penalty: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    weight = torch.zeros(inputs.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        fit = torch.nn.functional.binary_cross_entropy_with_logits(inputs @ weight + bias, targets)
        return fit + penalty * weight.square().mean()

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)
    return weight.detach(), bias.detach(), loss().detach()
