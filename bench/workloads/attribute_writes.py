"""Worst case: nothing but writes of attributes."""


class Point:
    x = 0
    y = 0


def work():
    p = Point()
    for i in range(20_000):
        p.x = i
        p.y = i
        p.x = p.y
        p.y += i
    return p.x + p.y
