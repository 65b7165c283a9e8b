"""Class: attribute walk. Source: own find. Escape: a model's own property hands out its class's
machinery.
"""


def attack(model, tokenizer, address):
    return model.__class__.generate.__globals__
