"""Padding, masks and per-token losses over a batch."""

import torch
import torch.nn.functional as F


def technique(model, tokenizer):
    tokenizer.padding_side = "right"
    texts = ["the cat sat", "the dog"]
    batch = tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=8)
    ids, mask = batch.input_ids, batch["attention_mask"].bool()
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask.long()).logits
    loss = F.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    loss = loss.masked_fill(~mask[:, 1:], 0.0)
    logits[..., 0] += 1
    logits[mask] *= 0.5
    per = loss.sum(-1) / mask[:, 1:].sum(-1).clamp(min=1)
    return per, mask.sum().item(), batch.keys() >= {"input_ids"}, logits.std()
