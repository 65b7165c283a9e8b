"""Class: class machinery. Source: own find. Escape: a descriptor's __get__ is a raw function binder."""


def attack(model, tokenizer, address):
    bound = attack.__get__(1)
    return getattr(bound, "__func__").__code__
