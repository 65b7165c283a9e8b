import pytest
import torch

from techniques.weight_edit import weight_edit
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import TEXT, Tiny, kl, log_softmax


@pytest.mark.parametrize("layer", range(LAYERS))
def test_kl_is_that_of_a_model_whose_mlp_answers_zero(tiny: Tiny, layer: int) -> None:
    found = weight_edit(tiny.fresh(), tiny.tokenizer, TEXT, layer)

    ids = tiny.ids(TEXT)
    with torch.no_grad():
        before = log_softmax(tiny.model(ids).logits[0, -1])
        handle = tiny.blocks(tiny.model)[layer].mlp.register_forward_hook(
            lambda module, args, output: torch.zeros_like(output)
        )
        after = log_softmax(tiny.model(ids).logits[0, -1])
        handle.remove()
    assert found["kl"] == pytest.approx(float(kl(after, before)), rel=1e-3, abs=1e-6)
    assert found["kl"] > 0
    assert found["before"][0][0] == tiny.tokenizer.decode([before.argmax()])
    assert found["after"][0][0] == tiny.tokenizer.decode([after.argmax()])


def test_only_that_mlp_is_zero_afterwards(tiny: Tiny) -> None:
    model = tiny.fresh()
    found = weight_edit(model, tiny.tokenizer, TEXT, 1)
    squares = 0.0
    originals = dict(tiny.model.named_parameters())
    for name, parameter in model.named_parameters():
        if ".1.mlp." in name:
            assert not parameter.any()
            assert name.endswith(tuple(found["zeroed"]))
            squares += float(originals[name].detach().double().square().sum())
        else:
            assert torch.equal(parameter, originals[name])
    assert found["norm_before"] == pytest.approx(squares**0.5, rel=1e-5)


def test_empty_text_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="empty"):
        weight_edit(tiny.fresh(), tiny.tokenizer, "", 0)


def test_a_block_without_an_mlp_is_refused(tiny: Tiny) -> None:
    model = tiny.fresh()
    tiny.blocks(model)[0].mlp = None
    with pytest.raises(ValueError, match="no child 'mlp'"):
        weight_edit(model, tiny.tokenizer, TEXT, 0)
