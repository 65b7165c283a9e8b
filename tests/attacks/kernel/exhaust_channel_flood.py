"""Class: resource exhaustion. Source: own find. Escape: the channel is flooded with bytes that are
no message. Teeth: none, there is no channel here.
Limits: timeout_s=2
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    data = b"\xff" * (1 << 20)
    while libc.write(3, data, len(data)) > 0:
        pass
