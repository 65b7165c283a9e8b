"""numpy, random, statistics, decimal, datetime."""
# ruff: noqa: RUF059  # written as in a notebook

import datetime
import random
import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np


def technique(model, tokenizer):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(4, 3))
    a[0, 1] += 2
    a[a > 1] = 0
    r = random.Random(3)
    u, s, vt = np.linalg.svd(a)
    out = [
        a.mean(axis=0),
        s,
        np.add.reduce([1, 2]),
        np.where(a > 0, 1, 0).sum().item(),
        r.random(),
        statistics.mean([1, 2, 4]),
    ]
    out += [
        str(Decimal("1.1") + 1),
        str(Fraction(1, 3) * 2),
        (datetime.date(2024, 1, 1) + datetime.timedelta(days=1)).isoformat(),
    ]
    out += [
        np.apply_along_axis(lambda c: c.max(), 0, a),
        np.vectorize(lambda v: v * 2)([1, 2]),
        np.float32(2).item(),
        a.astype("float32").dtype.name,
    ]
    return out
