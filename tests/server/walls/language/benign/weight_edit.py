"""Edits weights in place and measures the change."""

import torch


def technique(model, tokenizer):
    inputs = tokenizer("the cat", return_tensors="pt")
    with torch.no_grad():
        before = model(**inputs).logits.clone()
        weight = model.transformer.h[0].mlp.c_fc.weight
        saved = weight.clone()
        weight[..., 0] += 1
        weight.data.mul_(0.5)
        after = model(**inputs).logits
        weight.copy_(saved)
        again = model(**inputs).logits
    return (after - before).abs().max(), torch.equal(before, again)
