"""Class: attribute walk. Source: own find. Escape: a cache's public data holds a class that is not
listed."""

from transformers import DynamicCache


def attack(model, tokenizer, address):
    return "canary-" + "5d1f" if DynamicCache().layer_class_to_replicate else None
