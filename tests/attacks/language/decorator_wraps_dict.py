"""Class: decorators. Source: own find. Escape: functools.wraps writes into a real object's
attributes.
"""

import functools

import torch


def attack(model, tokenizer, address):
    def evil():
        pass

    evil.__wrapped__ = evil
    wrapped = functools.wraps(torch.nn.Module.forward)(evil)
    return wrapped.__wrapped__.__globals__
