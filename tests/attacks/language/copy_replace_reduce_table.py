"""Class: deserialisation. Source: own find. Escape: copy's imports and tables are handed out."""

import copy


def attack(model, tokenizer, address):
    return copy._deepcopy_dispatch and vars(copy)
