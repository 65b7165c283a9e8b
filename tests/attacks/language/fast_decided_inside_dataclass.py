"""Class: fast ways. Source: own find. Escape: a descriptor that `dataclass` asks reads an own name, which
`dataclass` then takes out of the class: what is left is the real base's unlisted method."""

from dataclasses import dataclass, field

from torch import nn

seen = []


class Asked:
    def __get__(self, obj, cls):
        seen.append(m.share_memory)
        return 1


class M(nn.Module):
    first: int = Asked()
    share_memory: list = field(default_factory=list)


m = M()


def attack(model, tokenizer, address):
    dataclass(M)
    # The read alone is what must not succeed.
    return "canary-" + "5d1f" if seen and m.share_memory is not None else None
