import numpy as np
import pytest
import torch

from techniques.logit_attribution import logit_attribution
from tests.support.tiny_model import HEADS, LAYERS
from tests.techniques.conftest import TEXT, Tiny

# Where each family keeps attention's joining matrix, and the norm behind attention.
_PROJECTION = {"gpt2": ("attn", "c_proj"), "gpt_neox": ("attention", "dense")}
_BEHIND = {"gemma3": "post_attention_layernorm"}


@pytest.mark.parametrize("contrast", [None, " Rome"])
def test_shares_add_up_to_the_logit(tiny: Tiny, contrast: str | None) -> None:
    found = logit_attribution(tiny.model, tiny.tokenizer, TEXT, " Paris", contrast)
    paris, rome = (
        tiny.tokenizer(word, add_special_tokens=False)["input_ids"][0]
        for word in (" Paris", " Rome")
    )
    with torch.no_grad():
        logits = tiny.model(tiny.ids(TEXT)).logits[0, -1]
    expected = float(logits[paris] - (0 if contrast is None else logits[rome]))
    total = found["embedding"] + found["constant"]
    total += sum(float(found[part].sum()) for part in ("heads", "attention_bias", "mlps"))
    assert total == pytest.approx(expected, abs=1e-4)
    assert found["value"] == pytest.approx(expected, abs=1e-4)
    assert float(found["accumulated"][-1]) == pytest.approx(expected, abs=1e-4)
    assert abs(found["error"]) < 1e-4
    assert found["heads"].shape == (LAYERS, HEADS)


def test_each_heads_share_is_done_by_hand(tiny: Tiny) -> None:
    """From the weights, in float64, with each family's own formula for its norms."""
    found = logit_attribution(tiny.model, tiny.tokenizer, TEXT, " Paris", strongest=2)
    model = tiny.fresh().double()
    blocks = tiny.blocks(model)
    attention_name, projection_name = _PROJECTION.get(tiny.architecture, ("self_attn", "o_proj"))
    joined: list[torch.Tensor] = []
    written: list[torch.Tensor] = []
    for block in blocks:
        projection = getattr(getattr(block, attention_name), projection_name)
        projection.register_forward_pre_hook(lambda m, args: joined.append(args[0][0, -1]))
        projection.register_forward_hook(lambda m, args, output: written.append(output[0, -1]))
    final: list[torch.Tensor] = []
    body = next(iter(model.children()))
    norm = next(getattr(body, n) for n in ("ln_f", "final_layer_norm", "norm") if hasattr(body, n))
    norm.register_forward_pre_hook(lambda m, args: final.append(args[0][0, -1]))
    with torch.no_grad():
        model(tiny.ids(TEXT))
    paris = tiny.tokenizer(" Paris", add_special_tokens=False)["input_ids"][0]
    row = model.get_output_embeddings().weight[paris].detach().numpy()

    def held(module: torch.nn.Module, at: np.ndarray, part: np.ndarray) -> np.ndarray:
        gain = module.weight.detach().numpy() + (tiny.architecture == "gemma3")
        epsilon = module.eps if hasattr(module, "eps") else module.variance_epsilon
        if isinstance(module, torch.nn.LayerNorm):
            scale = np.sqrt(at.var() + epsilon)
            return gain * (part - part.mean()) / scale
        return gain * part / np.sqrt((at**2).mean() + epsilon)

    shares = np.zeros((LAYERS, HEADS))
    for layer, block in enumerate(blocks):
        projection = getattr(getattr(block, attention_name), projection_name)
        matrix = projection.weight.detach().numpy()  # [out, in]; GPT-2 keeps [in, out]
        matrix = matrix.T if tiny.architecture == "gpt2" else matrix
        width = matrix.shape[1] // HEADS
        for head in range(HEADS):
            place = slice(head * width, (head + 1) * width)
            part = matrix[:, place] @ joined[layer][place].numpy()
            if tiny.architecture in _BEHIND:
                part = held(
                    getattr(block, _BEHIND[tiny.architecture]), written[layer].numpy(), part
                )
            shares[layer, head] = held(norm, final[0].numpy(), part) @ row
    assert found["heads"].numpy() == pytest.approx(shares, abs=1e-4)
    layer, head, share = found["strongest"][0]
    assert (layer, head) == np.unravel_index(shares.argmax(), shares.shape)
    assert share == pytest.approx(shares.max(), abs=1e-4)
    layer, head, share = found["against"][0]
    assert (layer, head) == np.unravel_index(shares.argmin(), shares.shape)
    assert share == pytest.approx(shares.min(), abs=1e-4)


def test_an_mlp_that_writes_nothing_has_no_share(tiny: Tiny) -> None:
    model = tiny.fresh()
    with torch.no_grad():
        for parameter in tiny.blocks(model)[1].mlp.parameters():
            parameter.zero_()
    found = logit_attribution(model, tiny.tokenizer, TEXT)
    assert float(found["mlps"][1]) == pytest.approx(0, abs=1e-6)
    assert abs(float(found["mlps"][0])) > 1e-3
    assert abs(found["error"]) < 1e-4


def test_blocks_that_add_more_are_refused(tiny: Tiny) -> None:
    model = tiny.fresh()
    tiny.blocks(model)[1].register_forward_hook(
        lambda module, args, output: (
            (output[0] * 2, *output[1:]) if isinstance(output, tuple) else output * 2
        )
    )
    with pytest.raises(ValueError, match="block 1 adds more to the stream"):
        logit_attribution(model, tiny.tokenizer, TEXT)
    with pytest.raises(ValueError, match="empty"):
        logit_attribution(tiny.model, tiny.tokenizer, "")
