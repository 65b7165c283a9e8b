"""Class: module gadget. Source: own find. Escape: a config's module globals."""


def attack(model, tokenizer, address):
    return model.config.to_dict.__func__.__globals__
