"""Class: what a call leaves behind. Source: own find. Escape: a System V semaphore outlives the
call, and tells a number. Teeth: none, a semaphore holds too small a number to be recognised.
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def attack(model, tokenizer, scene):
    number = int(scene["deposit"][-4:], 16) & 0x7FFF
    libc.semctl(libc.semget(0x5D1F, 1, 0o1666), 0, 16, number)
