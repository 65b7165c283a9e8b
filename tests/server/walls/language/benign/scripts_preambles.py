"""What scripts set up before they begin: switches, seeds, levels, paths, an encoder."""

import functools
import json
from collections import UserDict, UserList
from pathlib import Path

import numpy as np
import torch
import transformers
from torch.backends import cudnn
from transformers.utils import logging as hf_logging

torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
torch.backends.cuda.matmul.allow_tf32 = True
cudnn.benchmark = False
transformers.logging.set_verbosity_error()
hf_logging.set_verbosity_warning()
logger = hf_logging.get_logger(__name__)
DEVICE = torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, torch.Tensor):
            return o.tolist()
        return super().default(o)


class Options(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__


class Strict(dict):
    __getattr__ = dict.__getitem__


class Lowered(UserDict):
    def __setitem__(self, key, item):
        super().__setitem__(key.lower(), item)


class Counted:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function
        self.calls = 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)


@Counted
def twice(x):
    """Double it."""
    return 2 * x


def options():
    found = Options(lr=0.1, steps=3)
    found.name = "probe"
    del found.steps
    return dict(found), found.lr, found.nothing, Strict(a=1).a


def encoded():
    try:
        json.dumps({"t": object}, cls=Encoder)
    except TypeError as error:
        wrong = str(error)
    return (
        json.dumps({"t": torch.ones(2), "n": [1, None]}, cls=Encoder, indent=1, sort_keys=True),
        Encoder().encode([torch.zeros(1)]),
        "".join(Encoder().iterencode({"a": torch.zeros(1)})),
        "JSON serializable" in wrong,
    )


def containers():
    d = Lowered({"A": 1}, B=2)
    d.update({"C": 3})
    items = UserList([3, 1, 2])
    items.sort()
    items.append(9)
    items += [4]
    return (
        dict(d), d.get("x", 7), "a" in d, d.data, list(d.copy()), dict(d | {"z": 0}),
        list(items), items.data, list(items[1:3]), items == [1, 2, 3, 9, 4], items.index(9),
        list(UserList("ab") * 2),
    )  # fmt: skip


def paths():
    path = Path("runs") / "gpt2" / "out.v1.json"
    return (
        path.stem, path.suffix, str(path), path.name, path.parent.as_posix(), list(path.parts),
        str(path.with_suffix(".pt")), isinstance(path, Path), path == Path("runs/gpt2/out.v1.json"),
        sorted(map(str, [path, Path("a")])), path.is_absolute(), repr(Path("a")),
    )  # fmt: skip


def compared():
    np.testing.assert_allclose(np.ones(3) * (1 + 1e-9), np.ones(3))
    np.testing.assert_array_equal([1, 2], np.array([1, 2]))
    np.testing.assert_equal({"a": [1, 2.0]}, {"a": [1, 2.0]})
    np.testing.assert_almost_equal(1.00000001, 1.0)
    wrong = []
    for check in (np.testing.assert_allclose, np.testing.assert_array_less):
        try:
            check(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
        except AssertionError as error:
            wrong.append("Mismatched" in str(error) or "ordered" in str(error))
    return wrong


def technique(model, tokenizer):
    old = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = old
    logger.info("ready")
    return {
        "device": str(DEVICE),
        "cudnn": (old, torch.backends.cudnn.deterministic, torch.backends.mps.is_built()),
        "encoded": encoded(),
        "options": options(),
        "containers": containers(),
        "paths": paths(),
        "compared": compared(),
        "named": (twice(2), twice.__name__, twice.__doc__, twice.calls),
    }
