"""Class: fast ways. Source: own find. Escape: a descriptor that `dataclass` asks sets an own name, which
`dataclass` then takes out of the class: afterwards the same name of the real base is set."""

from dataclasses import dataclass, field

from torch import nn

seen = []


class Asked:
    def __get__(self, obj, cls):
        m.named_parameters = 2
        seen.append(m)
        return 1


class M(nn.Module):
    first: int = Asked()
    named_parameters: list = field(default_factory=list)


m = M()


def attack(model, tokenizer, address):
    dataclass(M)
    m.named_parameters = 3
    return "canary-" + "5d1f" if seen else None
