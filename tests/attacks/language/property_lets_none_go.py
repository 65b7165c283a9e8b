"""Class: memory. Source: CPython issue 115618. Escape: the process breaks: a property that is copied without
a function lets go of None, which it never held, until nobody holds it. Teeth: none, None is never freed
since Python 3.12; before, tests/attacks/teeth shows it. Limits: timeout_s=20"""

from collections import deque
from itertools import repeat

# More often than a large process holds None.
ROUNDS = 2_000_000


def attack(model, tokenizer, address):
    one = property()
    for way in (one.getter, one.setter, one.deleter):
        deque(map(way, repeat(None, ROUNDS)), maxlen=0)
