"""Gradient times input, through the embeddings."""
# ruff: noqa: B905  # written as in a notebook

import torch


def technique(model, tokenizer, text="the cat sat on the mat"):
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    embeds = model.get_input_embeddings()(ids).detach().requires_grad_(True)
    logits = model(inputs_embeds=embeds).logits
    logits[0, -1].max().backward()
    scores = (embeds.grad * embeds).sum(-1)[0]
    (second,) = torch.autograd.grad(model(inputs_embeds=embeds).logits[0, -1, 0], embeds)
    return [
        (t, round(float(s), 5))
        for t, s in zip(tokenizer.convert_ids_to_tokens(ids[0].tolist()), scores)
    ], second
