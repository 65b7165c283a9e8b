"""Class: module gadget. Source: own find. Escape: copy's dispatch table makes any object through
copyreg.
"""

import copy


def attack(model, tokenizer, address):
    return copy.copyreg.__reduce_ex__ and copy._deepcopy_dispatch
