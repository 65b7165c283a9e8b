"""Functions with `self` made methods of layers and of one's own objects, and taken away again."""

import types
from types import MethodType

import torch


def doubled(self, x):
    return self.dropout(self.c_proj(self.act(self.c_fc(x)))) * 2


def greet(self, name="you"):
    return f"{self.word} {name}"


class Greeter:
    word = "hi"


@torch.no_grad()
def technique(model, tokenizer):
    inputs = tokenizer("the cat sat", return_tensors="pt")

    def total():
        return model(**inputs).logits.sum()

    mlp = model.transformer.h[0].mlp
    found = [total()]
    original = mlp.forward
    mlp.forward = types.MethodType(doubled, mlp)
    found.append(total())
    mlp.forward = original
    found.append(total())
    mlp.forward = doubled.__get__(mlp)
    found.append(total())
    mlp.forward = doubled.__get__(mlp, type(mlp))
    found.append(total())
    del mlp.forward
    found.append(total())

    one, two = Greeter(), Greeter()
    two.word = "bye"
    one.greet = MethodType(greet, one)
    two.greet = greet.__get__(two)
    bound = MethodType(lambda self, *rest: (self.word, rest), one)
    mlp.describe = MethodType(lambda self: type(self).__name__, mlp)
    return (
        found,
        one.greet(),
        two.greet("me"),
        bound(1, 2),
        mlp.describe(),
        isinstance(bound, types.MethodType),
    )
