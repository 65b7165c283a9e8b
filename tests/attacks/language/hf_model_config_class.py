"""Class: module gadget. Source: own find. Escape: a configuration's class loads others."""


def attack(model, tokenizer, address):
    return model.config.from_dict.__func__.__globals__
