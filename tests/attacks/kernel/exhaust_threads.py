"""Class: resource exhaustion. Source: own find. Escape: threads without end.
Limits: timeout_s=3
"""

import ctypes
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for _ in range(20_000):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
