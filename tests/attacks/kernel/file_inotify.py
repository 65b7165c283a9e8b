"""Class: files. Source: own find. Escape: inotify watches the host's folders."""

import ctypes
import time

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    watch = libc.syscall(294, 0)
    libc.syscall(254, watch, scene["folder"].encode(), 0xFFF)
    time.sleep(0.4 if watch >= 0 else 0)
