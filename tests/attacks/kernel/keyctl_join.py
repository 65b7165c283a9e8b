"""Class: identity and namespaces. Source: CVE-2016-0728. Escape: another session's keyring is
joined. Teeth: none, it shows only inside.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(250, 1, b"_ses")
