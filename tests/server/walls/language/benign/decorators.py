"""Decorators with state, functools, total_ordering, cached_property."""

import functools
import operator
from functools import cached_property, partial, reduce, total_ordering


def counted(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return fn(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def repeat(n):
    def deco(fn):
        @functools.wraps(fn)
        def inner(*a, **k):
            return [fn(*a, **k) for _ in range(n)]

        return inner

    return deco


@counted
def square(x):
    """Squares."""
    return x * x


@repeat(2)
@counted
def hello(name="you"):
    return f"hi {name}"


@functools.cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n

    def __hash__(self):
        return hash(self.n)

    @cached_property
    def expensive(self):
        return self.n * 100


def technique(model, tokenizer):
    out = [square(3), square(4), square.calls, square.__name__, square.__doc__, hello(), fib(20)]
    out += [Version(1) >= Version(0), max(Version(2), Version(5)).n, Version(3).expensive]
    add5 = partial(operator.add, 5)
    getter = operator.attrgetter("n")
    out += [add5(2), reduce(operator.mul, range(1, 5)), getter(Version(7))]
    out += [list(map(operator.itemgetter(1), [(1, 2), (3, 4)])), sorted("bca", key=str.lower)]
    return out
