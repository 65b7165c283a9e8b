import numpy as np
import pytest
import torch

from techniques.logit_lens import logit_lens
from tests.support.tiny_model import LAYERS
from tests.techniques.conftest import TEXT, Tiny, kl, log_softmax


def test_each_row_is_what_a_model_with_only_the_first_blocks_would_say(tiny: Tiny) -> None:
    lens = logit_lens(tiny.model, tiny.tokenizer, TEXT, top_k=4)
    ids = tiny.ids(TEXT)
    with torch.no_grad():
        rows = [
            log_softmax(tiny.first_blocks(depth)(ids, use_cache=False).logits[0])
            for depth in range(LAYERS + 1)
        ]
    output = rows[-1]
    answer = int(output[-1].argmax())

    assert lens["answer"] == tiny.tokenizer.decode([answer])
    assert lens["top_ids"].shape == (LAYERS + 1, ids.shape[1], 4)
    for depth, row in enumerate(rows):
        best = np.sort(np.exp(row))[:, ::-1][:, :4]
        assert lens["top_probs"][depth].numpy() == pytest.approx(best, rel=1e-3)
        assert lens["top_ids"][depth, :, 0].tolist() == row.argmax(-1).tolist()
        assert lens["entropy"][depth].numpy() == pytest.approx(-(np.exp(row) * row).sum(-1), 1e-3)
        assert lens["kl_to_output"][depth].numpy() == pytest.approx(
            kl(output, row), rel=1e-3, abs=1e-5
        )
        assert lens["answer_rank"][depth] == np.argsort(-row[-1]).tolist().index(answer)


def test_it_leaves_no_hook_behind(tiny: Tiny) -> None:
    logit_lens(tiny.model, tiny.tokenizer, TEXT)
    assert not any(module._forward_pre_hooks for module in tiny.model.modules())


def test_a_model_that_does_more_to_its_logits_is_refused(tiny: Tiny) -> None:
    model = tiny.fresh()
    model.register_forward_hook(
        lambda module, args, output: output.__setitem__("logits", output.logits * 3)
    )
    with pytest.raises(ValueError, match="differs from the model's output"):
        logit_lens(model, tiny.tokenizer, TEXT)


def test_empty_text_is_refused(tiny: Tiny) -> None:
    with pytest.raises(ValueError, match="empty"):
        logit_lens(tiny.model, tiny.tokenizer, "")
