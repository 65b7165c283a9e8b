"""Against models in which attention and MLPs are stand-ins that give what they are told to give."""

from typing import Any

import pytest
import torch

from techniques.path_patching import path_patching
from tests.support.tiny_model import HEADS, LAYERS
from tests.techniques.conftest import Tiny

CLEAN, CORRUPTED = "The capital of France is", "The capital of Italy is"
RIGHT, WRONG = " Paris", " Rome"
PARTS = {"gpt2": ("attn", "c_proj"), "gpt_neox": ("attention", "dense")}


def _parts(tiny: Tiny, model: Any, layer: int) -> tuple[Any, Any]:
    """An attention of the model and its joining matrix."""
    attention, projection = PARTS.get(tiny.architecture, ("self_attn", "o_proj"))
    module = getattr(tiny.blocks(model)[layer], attention)
    return module, getattr(module, projection)


class _Run:
    """What one prompt gave: each attention's joined heads and output, each MLP's output."""

    def __init__(self, tiny: Tiny, text: str) -> None:
        model = tiny.fresh()
        self.joined: list[torch.Tensor] = []
        self.attention: list[torch.Tensor] = []
        self.mlps: list[torch.Tensor] = []
        for layer in range(LAYERS):
            attention, projection = _parts(tiny, model, layer)
            projection.register_forward_pre_hook(lambda m, args: self.joined.append(args[0]))
            attention.register_forward_hook(lambda m, args, out: self.attention.append(out[0]))
            tiny.blocks(model)[layer].mlp.register_forward_hook(
                lambda m, args, out: self.mlps.append(out)
            )
        self.difference = _difference(tiny, model, text)


def _difference(tiny: Tiny, model: Any, text: str) -> float:
    right, wrong = (
        tiny.tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in (RIGHT, WRONG)
    )
    with torch.no_grad():
        logits = model(tiny.ids(text)).logits[0, -1]
    return float(logits[right] - logits[wrong])


def _swapped(tiny: Tiny, clean: _Run, corrupted: _Run, layer: int, head: int) -> torch.Tensor:
    """The attention's output, had one head given what it gave for the corrupted prompt."""
    _, projection = _parts(tiny, tiny.model, layer)
    joined = clean.joined[layer].clone()
    width = joined.shape[-1] // HEADS
    place = slice(head * width, (head + 1) * width)
    joined[..., place] = corrupted.joined[layer][..., place]
    with torch.no_grad():
        swapped: torch.Tensor = projection(joined)
    return swapped


def _give(module: Any, output: torch.Tensor) -> None:
    tuples = type(module).__name__.endswith("Attention")
    module.forward = lambda *args, **kwargs: (output, None) if tuples else output


@pytest.mark.parametrize("freeze_mlps", [False, True])
def test_to_the_output(tiny: Tiny, freeze_mlps: bool) -> None:
    found = path_patching(
        tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, RIGHT, WRONG, freeze_mlps=freeze_mlps
    )
    clean, corrupted = _Run(tiny, CLEAN), _Run(tiny, CORRUPTED)
    assert found["clean_difference"] == pytest.approx(clean.difference, abs=1e-4)
    assert found["corrupted_difference"] == pytest.approx(corrupted.difference, abs=1e-4)
    gap = clean.difference - corrupted.difference
    for layer in range(LAYERS):
        for head in (0, HEADS - 1):
            model = tiny.fresh()
            for each in range(LAYERS):
                _give(_parts(tiny, model, each)[0], clean.attention[each])
                if freeze_mlps:
                    _give(tiny.blocks(model)[each].mlp, clean.mlps[each])
            _give(_parts(tiny, model, layer)[0], _swapped(tiny, clean, corrupted, layer, head))
            expected = (clean.difference - _difference(tiny, model, CLEAN)) / gap
            assert float(found["effect"][layer, head]) == pytest.approx(expected, abs=2e-3)


def test_to_all_heads_of_a_layer(tiny: Tiny) -> None:
    """Then the whole attention receives: what it gives is put into an otherwise clean run."""
    last = LAYERS - 1
    found = path_patching(
        tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, RIGHT, WRONG,
        receivers=[(last, head) for head in range(HEADS)],
    )  # fmt: skip
    clean, corrupted = _Run(tiny, CLEAN), _Run(tiny, CORRUPTED)
    gap = clean.difference - corrupted.difference
    assert not found["effect"][last].any()  # it cannot reach its own layer
    for layer in range(last):
        model = tiny.fresh()
        for each in range(last):
            _give(_parts(tiny, model, each)[0], clean.attention[each])
        _give(_parts(tiny, model, layer)[0], _swapped(tiny, clean, corrupted, layer, 1))
        received: list[torch.Tensor] = []
        _parts(tiny, model, last)[0].register_forward_hook(
            lambda m, args, out, received=received: received.append(out[0])
        )
        _difference(tiny, model, CLEAN)
        whole = tiny.fresh()
        _give(_parts(tiny, whole, last)[0], received[0])
        expected = (clean.difference - _difference(tiny, whole, CLEAN)) / gap
        assert float(found["effect"][layer, 1]) == pytest.approx(expected, abs=2e-3)


def test_wrong_receivers_and_prompts_are_refused(tiny: Tiny) -> None:
    with pytest.raises(IndexError, match=r"receiver \(0, 4\): there are 3 layers of 4 heads"):
        path_patching(
            tiny.model, tiny.tokenizer, CLEAN, CORRUPTED, RIGHT, WRONG, receivers=[(0, HEADS)]
        )
    with pytest.raises(ValueError, match="nothing to trace"):
        path_patching(tiny.model, tiny.tokenizer, CLEAN, CLEAN, RIGHT, WRONG)
