"""Class: class machinery. Source: own find. Escape: real objects are made without their `__init__`."""

import collections

import torch
from torch import nn
from transformers import StoppingCriteriaList


def attack(model, tokenizer, address):
    done = []
    for way in (
        lambda: object.__new__(nn.Linear),
        lambda: tuple.__new__(torch.Size, ["a"]),
        lambda: dict.__new__(collections.Counter),
        lambda: list.__new__(StoppingCriteriaList),
        lambda: BaseException.__new__(ValueError),
    ):
        try:
            way()
            done.append("canary-" + "5d1f")
        except Exception:
            pass
    return done
