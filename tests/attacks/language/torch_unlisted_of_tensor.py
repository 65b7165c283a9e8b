"""Class: memory. Source: own find. Escape: parts of a tensor that lead to memory, or call back
while they walk."""

import torch


def attack(model, tokenizer, address):
    done = []
    t = torch.zeros(1, requires_grad=True) * 2
    for read in (
        lambda: t.data_ptr,
        lambda: t.set_,
        lambda: t.resize_,
        lambda: t.as_strided,
        lambda: t.share_memory_,
        lambda: t.apply_,
        lambda: t.map_,
        lambda: t.new,
        lambda: t.storage,
        lambda: t.grad_fn,
        lambda: getattr(t, "__reduce" + "_ex__"),
        lambda: getattr(t, "__torch_func" + "tion__"),
    ):
        try:
            read()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
