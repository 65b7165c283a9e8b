"""Class: module gadget. Source: own find. Escape: a layer's forward leads to its module's globals."""


def attack(model, tokenizer, address):
    return model.transformer.h[0].forward.__func__.__globals__
