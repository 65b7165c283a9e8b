"""Functions as values: closures, decorators, maps and sorts with keys, functools, itertools."""

import functools
import itertools
import math


def counted(function):
    calls = [0]

    @functools.wraps(function)
    def wrapper(*args):
        calls[0] += 1
        return function(*args)

    wrapper.calls = calls
    return wrapper


@counted
def score(a, b):
    return math.exp(-abs(a - b)) * math.sqrt(a + 1)


def compose(*functions):
    def run(value):
        for function in functions:
            value = function(value)
        return value

    return run


def work():
    best = sorted(itertools.product(range(30), range(30)), key=lambda pair: score(*pair))[-3:]
    pipeline = compose(lambda x: x + 1, lambda x: x * 2, str, len)
    lengths = [pipeline(i) for i in range(1500)]
    evens = list(filter(lambda x: x % 2 == 0, map(lambda x: x * 3, range(1500))))
    total = functools.reduce(lambda a, b: (a * 31 + b) % 65537, evens, 7)
    kinds = sum(1 for each in itertools.chain(lengths, ["a"]) if isinstance(each, (int, float)))
    return best, sum(lengths), total, kinds, score.calls
