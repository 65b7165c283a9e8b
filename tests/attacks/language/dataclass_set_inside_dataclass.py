"""Class: fast ways. Source: own find. Escape: a descriptor that `dataclass` asks has another dataclass set a
field while the name is the technique's. `dataclass` then takes it out of the class, and the same field is
set once more: the name is a method of the real base now."""

from dataclasses import dataclass, field

from torch import nn

seen = []


@dataclass(eq=False)
class Fields:
    named_parameters: object


class Asked:
    def __get__(self, obj, cls):
        Fields.__init__(m, 2)
        seen.append(m)
        return 1


class M(Fields, nn.Module):
    first: int = Asked()
    named_parameters: list = field(default_factory=list)

    def __init__(self):
        nn.Module.__init__(self)


m = M()


def attack(model, tokenizer, address):
    dataclass(eq=False, init=False)(M)
    Fields.__init__(m, 3)
    return "canary-" + "5d1f" if seen and m.named_parameters == 3 else None
