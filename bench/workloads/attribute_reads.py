"""Worst case: nothing but reads of attributes."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def work():
    p = Point(1, 2)
    for _ in range(20_000):
        p.x, p.y, p.x, p.y, p.x, p.y, p.x, p.y
    return p.x + p.y
