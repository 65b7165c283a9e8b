"""Every iterator that has a stand-in, with its corners."""

import operator
from fractions import Fraction
from itertools import accumulate, chain, count, cycle, groupby, islice, pairwise, zip_longest

import numpy as np


def said(make):
    try:
        return list(make())
    except (TypeError, ValueError) as error:
        return type(error).__name__


def late_groups():
    groups = groupby("aabbbc")
    kept = [(key, values) for key, values in groups]
    return [(key, list(values)) for key, values in kept]


def half_read_groups():
    return [(key, next(values)) for key, values in groupby("aabbbcca")]


def once(iterator, number):
    return [next(iterator) for _ in range(number)]


class Squares:
    """Gone over by index."""

    def __getitem__(self, index):
        if index > 3:
            raise IndexError
        return index * index


class Named:
    def __iter__(self):
        return iter("ab")


class NamedSquares(Squares, Named):
    pass


class Doubled(dict):
    def __getitem__(self, key):
        return super().__getitem__(key) * 2


def by_index():
    doubled = Doubled(a=1)
    return [
        list(Squares()), [*map(str, Squares())], 4 in Squares(), 5 in Squares(),
        list(zip(Squares(), "abcd", strict=True)), list(enumerate(Squares())), list(NamedSquares()),
        list(doubled), dict(doubled), {**doubled},
    ]  # fmt: skip


class Countdown(list):
    def __setitem__(self, index, value):
        super().__setitem__(index, value)


def sliced(kind):
    items = kind(range(10))
    every = slice(None, None, 3)
    items[::2] = (each * 10 for each in range(5))
    items[every] = range(4)
    items[1:3] = iter("xyz")
    items[-1] += 1
    del items[::4]
    return list(items)


def technique(model, tokenizer):
    source = iter(range(10))
    taken = list(islice(source, 3)), list(source)
    answers = iter([3, 2, 1, 0, 5])
    rows = [[1, 2], (3, 4)]
    nan = float("nan")
    array = np.zeros((2, 2))
    array[:] = rows
    return {
        "accumulate": [
            list(accumulate([1, 2, 3])), list(accumulate([], initial=5)), list(accumulate([])),
            list(accumulate([1, 2, 3], operator.mul, initial=2)), list(accumulate("ab", max)),
        ],
        "chain": [list(chain("ab", [1])), list(chain.from_iterable(rows)), said(lambda: chain(1))],
        "count": [once(count(), 2), once(count(2, step=0.5), 3), once(count(Fraction(1, 2)), 2)],
        "cycle": [once(cycle("ab"), 5), list(cycle([]))],
        "groupby": [
            [(key, list(values)) for key, values in groupby(range(6), key=lambda each: each // 2)],
            late_groups(), half_read_groups(), list(groupby([])),
            [len(list(values)) for _, values in groupby([nan, nan, 1.0, nan])],
        ],
        "islice": [
            taken, list(islice("abcdefg", 1, None, 2)), list(islice("abc", 2, 1)),
            list(islice("abcdefg", None, np.int64(4), 3)), said(lambda: islice("abc", -1)),
            said(lambda: islice("abc", 0, 2, 0)), said(lambda: islice("abc")),
        ],
        "zip_longest": [
            list(zip_longest("ab", [1], fillvalue=0)), list(zip_longest()), list(zip_longest("a")),
        ],
        "pairwise": [list(pairwise("abcd")), list(pairwise("a")), list(pairwise([]))],
        "by index": by_index(),
        "iter": [
            list(iter(lambda: next(answers), 0)), list(iter(lambda: next(answers), 9)),
            list(iter(lambda: nan, nan)),
        ],
        "slices": [sliced(list), sliced(Countdown)],
        "arrays": [array, array + rows, array[[0, 1], [1, 0]], np.array([rows, rows])],
    }  # fmt: skip
