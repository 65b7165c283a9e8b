"""A cache imported from the module that defines it, as much code outside does."""

from transformers.cache_utils import Cache, DynamicCache


def technique(model, tokenizer):
    cache = DynamicCache()
    ids = tokenizer("the cat sat", return_tensors="pt").input_ids
    model(ids, past_key_values=cache)
    return cache.get_seq_length(), isinstance(cache, Cache), cache.layers[0].keys
