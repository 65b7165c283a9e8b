"""Class: fast ways. Source: own find. Escape: an own name is deleted in a base, and what was decided of
the class below hands out the real base's unlisted method."""

from torch import nn


class Middle(nn.Module):
    share_memory = 1


class Below(Middle):
    pass


def attack(model, tokenizer, address):
    m = Below()
    for _ in range(3):
        m.share_memory
    del Middle.share_memory
    # The read alone is what must not succeed.
    return "canary-" + "5d1f" if m.share_memory is not None else None
