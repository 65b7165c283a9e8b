"""Class: attribute walk. Source: own find. Escape: a parameter's default is a library's function."""

import inspect

import torch


def attack(model, tokenizer, address):
    default = inspect.signature(torch.nn.TransformerEncoderLayer).parameters["activation"].default
    return default.__globals__
