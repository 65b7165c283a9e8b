"""Class: pattern matching. Source: own find. Escape: a dotted value pattern reads an attribute."""

import torch


def attack(model, tokenizer, address):
    class Equal:
        def __eq__(self, other):
            self.found = other
            return True

        __hash__ = None

    seen = Equal()
    match seen:
        case torch.os.environ:
            return seen.found
        case torch._C:
            return seen.found
