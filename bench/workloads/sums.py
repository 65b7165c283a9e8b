"""`+=` and its kin on plain variables."""


def work():
    total = 0
    squares = 0.0
    product = 1
    steps = 0
    text = ""
    for i in range(30_000):
        total += i
        squares += i * 0.5
        product *= 3
        product %= 1_000_003
        steps += 1
        if i % 1000 == 0:
            text += str(i)
    return total, squares, product, steps, text
