"""Encodings and outputs whose items are set, replaced and taken out."""

import operator

import torch


def technique(model, tokenizer):
    inputs = tokenizer("the cat sat", return_tensors="pt")
    inputs["labels"] = inputs["input_ids"].clone()
    loss = model(**inputs).loss
    inputs["labels"][:, 0] = -100
    masked = model(**inputs).loss
    kept = inputs.pop("labels")
    inputs.update({"position_ids": torch.arange(3)[None]})
    inputs["attention_mask"] |= True
    operator.setitem(inputs, "note", "mine")
    note = inputs["note"]
    del inputs["note"]
    names = sorted(inputs)
    plain = model(**inputs)
    plain["logits"] = plain["logits"] * 2
    plain.logits = plain.logits + 1
    doubled = plain.logits.sum()
    inputs["input_ids"] = torch.cat([inputs["input_ids"], torch.tensor([[3]])], dim=1)
    return loss, masked, kept, note, names, doubled, plain[0].shape, inputs["input_ids"]
