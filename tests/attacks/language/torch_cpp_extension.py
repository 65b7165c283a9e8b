"""Class: module gadget. Source: own find. Escape: torch compiles C++ that it is given."""

import torch.utils.cpp_extension as cpp


def attack(model, tokenizer, address):
    return cpp.load_inline.__globals__
