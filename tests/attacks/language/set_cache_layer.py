"""Class: memory. Source: own find. Escape: the keys of a cache's layer become something that does not
fit, and the kernels of attention meet it."""

import torch


def attack(model, tokenizer, address):
    ids = tokenizer("the cat", return_tensors="pt")
    layer = model(**ids, use_cache=True).past_key_values.layers[0]
    keys = layer.keys
    for value in (
        [1],
        None,
        keys.double(),
        keys[0],
        keys[..., :1],
        torch.zeros(keys.shape, device="meta"),
    ):
        try:
            layer.keys = value
        except Exception:
            continue
        return "canary-" + "5d1f"
    try:
        layer.is_initialized = False
    except Exception:
        return None
    return "canary-" + "5d1f"
