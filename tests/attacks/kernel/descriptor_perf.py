"""Class: descriptors. Source: CVE-2013-2094. Escape: counters of the processor are read
(perf_event_open). Teeth: none, many kernels keep it for root.
"""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    attributes = ctypes.create_string_buffer(128)
    ctypes.memmove(ctypes.addressof(attributes) + 4, (128).to_bytes(4, "little"), 4)
    if libc.syscall(298, attributes, 0, -1, -1, 0) >= 0:
        time.sleep(0.4)
