"""Class: resource exhaustion. Source: own find. Escape: a recursion through C, which counts less.
Limits: timeout_s=5
"""


def attack(model, tokenizer, address):
    class Deep:
        def __repr__(self):
            return repr(self)

        def __eq__(self, other):
            return [self] == [other]

    return repr(Deep()) or Deep() == Deep()
