"""Greedy decoding by hand with a cache."""

import torch
from transformers import DynamicCache


@torch.inference_mode()
def technique(model, tokenizer, steps=4):
    model.eval()
    ids = tokenizer.encode("the cat", return_tensors="pt")
    cache = DynamicCache()
    out_ids = ids
    for _ in range(steps):
        out = model(input_ids=ids, past_key_values=cache, use_cache=True)
        ids = out.logits[:, -1:].argmax(-1)
        out_ids = torch.cat([out_ids, ids], dim=-1)
        cache = out.past_key_values
    return out_ids, cache.get_seq_length(), cache.layers[0].keys.shape, tokenizer.decode(out_ids[0])
