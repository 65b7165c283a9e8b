"""Class: identity and namespaces. Source: own find. Escape: a ruleset of its own grants what was
refused. Teeth: none, rulesets only take away.
"""

import ctypes
import struct

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    return libc.syscall(444, struct.pack("<Q", 1), 8, 0)
