"""Class: module gadget. Source: own find. Escape: a logits processor's methods lead to its module."""

from transformers import TemperatureLogitsWarper


def attack(model, tokenizer, address):
    return TemperatureLogitsWarper(1.0).__call__.__func__.__globals__
