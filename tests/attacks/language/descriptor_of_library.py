"""Class: descriptors. Source: own find. Escape: what stands in a class of a library for a place in its objects
is handed out."""

import collections
import datetime
import decimal

import numpy as np
import torch


def attack(model, tokenizer, address):
    found = []
    for way in (
        lambda: np.float64.real,
        lambda: datetime.date.year,
        lambda: datetime.timedelta.days,
        lambda: decimal.Decimal.real,
        lambda: collections.deque.maxlen,
        lambda: collections.defaultdict.default_factory,
        lambda: torch.Generator.device,
        lambda: torch.dtype.itemsize,
        lambda: type(torch.float32).is_complex,
    ):
        try:
            found.append(way())
        except Exception:
            pass
    return found
