"""Class: module gadget. Source: transformers documentation. Escape: a class loads files and code."""


def attack(model, tokenizer, address):
    return type(model).from_pretrained.__func__.__globals__
