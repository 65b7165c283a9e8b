"""Class: class machinery. Source: own find. Escape: a dataclass's field is set while the name is the
technique's, deleted from the class, and set again by the generated `__init__`: the name is a method of the
real base then."""

from dataclasses import dataclass

from torch import nn


@dataclass(eq=False)
class M(nn.Module):
    named_parameters: int = 1

    def __new__(cls, *args):
        self = super().__new__(cls)
        nn.Module.__init__(self)
        return self


def attack(model, tokenizer, address):
    M(2)
    del M.named_parameters
    m = M(3)
    return "canary-" + "5d1f" if m.named_parameters == 3 else None
