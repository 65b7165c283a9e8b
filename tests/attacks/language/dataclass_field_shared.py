"""Class: class machinery. Source: own find. Escape: a field of two dataclasses goes by the name that it got last, and
a layer is asked for it: it hands out its own register of layers."""

import dataclasses

from torch import nn

shared = dataclasses.field(default=1)
given = {}


@dataclasses.dataclass(init=False, eq=False, repr=False)
class Layer(nn.Module):
    x: int = shared

    def __init__(self, **fields):
        given.update(fields)
        super().__init__()


class Meanwhile:
    def __get__(self, obj, cls=None):
        make()
        return 1


def make():
    @dataclasses.dataclass
    class Renames:
        _modules: int = shared


def attack(model, tokenizer, address):
    layer = Layer()
    for way in (make, make_meanwhile):
        try:
            way()
            dataclasses.replace(layer)
            given["_modules"]["z"] = "canary-5d1f"
        except Exception:
            pass
        try:
            return layer.z
        except AttributeError:
            pass


def make_meanwhile():
    @dataclasses.dataclass
    class Renames:
        first: int = Meanwhile()
        _modules: int = shared
