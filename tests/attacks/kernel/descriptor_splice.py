"""Class: descriptors. Source: CVE-2022-0847 (Dirty Pipe). Escape: pages are moved between
descriptors without being copied. Teeth: none, it takes a kernel with the fault.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [libc.syscall(number, 3, 0, 3, 0, 1 << 16, 0) for number in (275, 276, 278, 40, 326)]
