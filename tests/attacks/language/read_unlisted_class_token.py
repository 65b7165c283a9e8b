"""Class: attribute walk. Source: own find. Escape: a class that is not listed hands out what it
holds."""


def attack(model, tokenizer, address):
    return getattr(type(model).generate, "__glob" + "als__", None) or type(model).save_pretrained
