"""Class: frames. Source: CVE-2023-37271 family. Escape: a coroutine's frame."""


async def co():
    pass


def attack(model, tokenizer, address):
    c = co()
    frame = c.cr_frame
    c.close()
    return frame
