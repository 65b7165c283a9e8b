"""Class: secrets. Source: own find. Escape: variables that were cleared still stand at the bottom
of the stack. Teeth: none, the test's own variables hold no secret.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    name = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value
    found = b""
    for offset in range(0, 1 << 13, 64):
        found += ctypes.string_at(name + offset, 64)
        if b"\0\0\0\0\0\0\0\0\0\0\0\0" in found[-64:]:
            break
    return found
