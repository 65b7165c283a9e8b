"""Generators with send, yield from, return values and cleanup."""

import itertools


def averager():
    total, n, mean = 0.0, 0, None
    while True:
        try:
            value = yield mean
        except ValueError:
            return (total, n)
        total += value
        n += 1
        mean = total / n


def flatten(xs):
    for x in xs:
        if isinstance(x, (list, tuple)):
            yield from flatten(x)
        else:
            yield x


def technique(model, tokenizer):
    gen = averager()
    next(gen)
    means = [gen.send(v) for v in (1, 2, 6)]
    try:
        gen.throw(ValueError("stop"))
    except StopIteration as e:
        result = e.value
    batches = list(itertools.zip_longest(*[iter(range(5))] * 2))
    pairs = list(itertools.pairwise("abc"))
    groups = {k: list(g) for k, g in itertools.groupby(sorted("banana"))}
    return means, result, list(flatten([1, [2, (3, [4])]])), batches, pairs, groups
