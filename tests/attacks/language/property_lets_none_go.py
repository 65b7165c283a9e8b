"""Class: memory. Source: CPython issue 115618. Escape: the process breaks: a property that is copied without
a function lets go of None, which it never held, until nobody holds it. Teeth: none, None is never freed
since Python 3.12; before, tests/attacks/teeth shows it. Limits: timeout_s=20"""

ROUNDS = 200_000


def attack(model, tokenizer, address):
    one = property()
    for way in (one.getter, one.setter, one.deleter):
        for _ in range(ROUNDS):
            way(None)
