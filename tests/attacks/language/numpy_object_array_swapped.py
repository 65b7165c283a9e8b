"""Class: memory. Source: own find. Escape: what swaps items drops some of an array of objects, since
its rows are views: random.shuffle, and the mixins of abstract sequences called on any object; so does
out= of scalars and of numpy's own modules, and a chain of mappings that holds the array."""

import random
from collections import ChainMap
from collections.abc import MutableMapping, MutableSequence

import numpy as np


class Thing:
    pass


def fresh():
    return np.array([[Thing(), Thing()] for _ in range(4)], dtype=object)


def attack(model, tokenizer, address):
    nothing = np.array([[0, 0]] * 4, dtype=object)
    ways = [
        lambda a: [random.shuffle(a) for _ in range(9)],
        lambda a: [random.Random(0).shuffle(a) for _ in range(9)],
        lambda a: [random.Random.shuffle(random.Random(0), a) for _ in range(9)],
        lambda a: MutableSequence.reverse(a),
        lambda a: MutableMapping.update(a, {0: None}),
        lambda a: ChainMap(a).update({0: None}),
        lambda a: np.float64(0).clip(np.zeros((4, 2)), 1, out=a),
        lambda a: np.float64.clip(np.float64(0), np.zeros((4, 2)), 1, out=a),
        lambda a: np.fft.fft(np.zeros((4, 2)), out=a),
        lambda a: np.linalg.multi_dot([np.eye(4), nothing], out=a),
        lambda a: np.random.default_rng(0).permuted(nothing, out=a),
    ]
    emptied = []
    for i, way in enumerate(ways):
        a = fresh()
        before = a.copy()
        try:
            way(a)
        except Exception:
            pass
        now = {each for row in a.tolist() for each in row}
        if not all(each in now for row in before.tolist() for each in row):
            emptied.append(i)
    return "canary-" + "5d1f" + str(emptied) if emptied else None
