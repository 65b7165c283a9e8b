import pytest
import torch

from techniques.activation_capture import activation_capture
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import TEXT, Tiny


def _block_names(tiny: Tiny) -> list[str]:
    names = {id(module): name for name, module in tiny.model.named_modules()}
    return [names[id(block)] for block in tiny.blocks(tiny.model)]


def test_blocks_receive_and_give_the_models_own_hidden_states(tiny: Tiny) -> None:
    names = _block_names(tiny)
    pattern = "|".join(names)
    with torch.no_grad():
        states = tiny.model(tiny.ids(TEXT), output_hidden_states=True).hidden_states
    given = activation_capture(tiny.model, tiny.tokenizer, TEXT, pattern)
    received = activation_capture(tiny.model, tiny.tokenizer, TEXT, pattern, inputs=True)
    assert list(given["activations"]) == list(received["activations"]) == names
    for layer in range(LAYERS):
        assert torch.equal(received["activations"][names[layer]], states[layer][0])
    for layer in range(LAYERS - 1):  # the last state has been through the norm
        assert torch.equal(given["activations"][names[layer]], states[layer + 1][0])


def test_positions_are_picked(tiny: Tiny) -> None:
    name = _block_names(tiny)[0]
    whole = activation_capture(tiny.model, tiny.tokenizer, TEXT, name)
    picked = activation_capture(tiny.model, tiny.tokenizer, TEXT, name, positions=[-1, 0])
    assert picked["tokens"] == [whole["tokens"][-1], whole["tokens"][0]]
    assert torch.equal(picked["activations"][name], whole["activations"][name][[-1, 0]])
    with pytest.raises(IndexError):
        activation_capture(tiny.model, tiny.tokenizer, TEXT, name, positions=[99])


def test_it_leaves_no_hook_behind(tiny: Tiny) -> None:
    before = [len(module._forward_hooks) for module in tiny.model.modules()]
    activation_capture(tiny.model, tiny.tokenizer, TEXT, ".*")
    assert [len(module._forward_hooks) for module in tiny.model.modules()] == before


def test_nothing_captured_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="no module's name matches 'nowhere'"):
        activation_capture(tiny.model, tiny.tokenizer, TEXT, "nowhere")
    activations = "|".join(_block_names(tiny)).replace(".0", "")  # the list itself never runs
    listed = activations.split("|")[0]
    with pytest.raises(ValueError, match="none of"):
        activation_capture(tiny.model, tiny.tokenizer, TEXT, listed)
