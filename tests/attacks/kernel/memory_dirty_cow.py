"""Class: what a call leaves behind. Source: CVE-2016-5195. Escape: a race of writes and
madvise(DONTNEED) reaches the shared page. Teeth: none, it takes a kernel with the fault.
"""

import ctypes
import threading

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    at = next(iter(model.parameters())).data_ptr()
    page = ctypes.c_void_p(at & ~4095)

    def drop():
        for _ in range(3000):
            libc.madvise(page, 4096, 4)

    other = threading.Thread(target=drop)
    other.start()
    for _ in range(3000):
        ctypes.memmove(at, b"\xff" * 64, 64)
    other.join()
