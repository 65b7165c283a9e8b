"""Class: what a call leaves behind. Source: own find. Escape: the next call's model has another
configuration.
"""


def attack(model, tokenizer, scene):
    model.config.use_cache = not model.config.use_cache
