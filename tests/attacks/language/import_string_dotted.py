"""Class: imports. Source: own find. Escape: a dotted name whose first part is allowed."""

import torch.utils.cpp_extension as found


def attack(model, tokenizer, address):
    return found.os.environ["CLOCHE_CANARY"]
