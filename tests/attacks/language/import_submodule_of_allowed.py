"""Class: imports. Source: own find. Escape: a submodule of an allowed module that is not listed."""

import torch.utils.cpp_extension as ext


def attack(model, tokenizer, address):
    return ext.os.environ["CLOCHE_CANARY"]
