"""Class: module gadget. Source: own find. Escape: copy's dispatch table makes any object through
copyreg.
"""

import copy


def attack(model, tokenizer, address):
    return copy._deepcopy_dispatch
