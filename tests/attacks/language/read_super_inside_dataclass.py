"""Class: fast ways. Source: own find. Escape: a descriptor that `dataclass` asks has super() find an own
name, which `dataclass` then takes out of the class: what is left is the real base's unlisted method."""

from dataclasses import dataclass, field

from torch import nn

seen = []


class Asked:
    def __get__(self, obj, cls):
        seen.append(below.above())
        return 1


class Middle(nn.Module):
    first: int = Asked()
    share_memory: list = field(default_factory=list)


class Below(Middle):
    def above(self):
        return super().share_memory


below = Below()


def attack(model, tokenizer, address):
    dataclass(Middle)
    return "canary-" + "5d1f" if seen and below.above() else None
