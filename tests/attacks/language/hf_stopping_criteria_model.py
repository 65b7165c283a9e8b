"""Class: module gadget. Source: own find. Escape: stopping criteria are called with what the
library holds. Teeth: none, the library decorates the method.
"""

from transformers import StoppingCriteria


class Own(StoppingCriteria):
    def __call__(self, ids, scores, **kwargs):
        found.append(super().__call__.__func__.__globals__)
        return True


found = []


def attack(model, tokenizer, address):
    try:
        Own()(None, None)
    except Exception:
        pass
    return found
