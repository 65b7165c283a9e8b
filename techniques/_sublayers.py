"""Inside a block: its attention, its MLP, the projection that joins heads, and norms held still.

A helper file: it travels along with each technique that imports from it.
"""

from typing import Any

import torch


def sublayers(block: Any) -> tuple[Any, Any]:
    """A block's attention and MLP: the two children that hold matrices.

    Raises:
        ValueError: the block is built otherwise.
    """
    holders = {
        name: child
        for name, child in block.named_children()
        if any(parameter.dim() > 1 for parameter in child.parameters())
    }
    attention = [child for name, child in holders.items() if "att" in name]
    others = [child for name, child in holders.items() if "att" not in name]
    if len(attention) != 1 or len(others) != 1:
        raise ValueError(f"a block must hold one attention and one MLP, not {sorted(holders)}")
    return attention[0], others[0]


def head_projection(attention: Any) -> Any:
    """The module that maps all heads' outputs, side by side, into the stream: the last matrix."""
    return [
        child
        for child in attention.children()
        if any(parameter.dim() > 1 for parameter in child.parameters())
    ][-1]


def head_count(model: Any) -> int:
    """Heads of a layer's queries."""
    count: int = model.config.get_text_config().num_attention_heads
    return count


class HeldNorm:
    """A norm at one stream, with its scale held: a linear map and a shift, exact at that stream.

    How the norm is written does not matter (LayerNorm or RMSNorm, its gain w or 1 + w): it is
    asked for what it does to a few vectors.
    """

    def __init__(self, norm: Any, at: torch.Tensor) -> None:
        # Alternating signs have mean 0 and mean square 1, which every norm leaves alone.
        signs = torch.ones_like(at)
        signs[1::2] = -1
        with torch.no_grad():
            up, down, flat, out = (
                norm(each).float() for each in (signs, -signs, torch.ones_like(at), at)
            )
        self.shift = (up + down) / 2
        gain = (up - down) / 2 * signs.float()
        # LayerNorm takes the mean off, so that nothing is left of equal entries.
        self.centred = bool((flat - self.shift).norm() < gain.norm() / 2)
        shape = gain * self._centre(at.float())
        # Nothing goes to nothing, at whatever scale.
        self.gain = gain * ((out - self.shift) @ shape / (shape @ shape).clamp_min(1e-30))

    def _centre(self, vectors: torch.Tensor) -> torch.Tensor:
        return vectors - vectors.mean(-1, keepdim=True) if self.centred else vectors

    def part(self, vectors: torch.Tensor) -> torch.Tensor:
        """What parts of the stream, float32 [..., hidden], become; without the shift."""
        return self._centre(vectors) * self.gain
