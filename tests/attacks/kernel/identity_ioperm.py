"""Class: identity and namespaces. Source: own find. Escape: ports of the machine are opened
(ioperm, iopl). Teeth: none, nothing shows it.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return [libc.syscall(173, 0, 1024, 1), libc.syscall(172, 3)]
