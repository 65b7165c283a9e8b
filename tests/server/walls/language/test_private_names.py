"""Names with a leading underscore: a technique's own work, a library's are the library's."""

from __future__ import annotations

import pytest
from cloche_server.walls.language import AccessRefused

OWN = """
import collections.abc
import enum
from functools import cached_property
from torch import nn


class Probe(nn.Module):
    _kind = "probe"

    def __init__(self, size):
        super().__init__()
        self._handle = None
        self._seen = []
        self.inner = nn.Linear(size, size)

    def _note(self, value):
        self._seen.append(value)

    @cached_property
    def _width(self):
        self._note("asked")
        return self.inner.in_features

    def forward(self, x):
        self._handle = self._width
        return self._width + self._width


class Colour(enum.Enum):
    RED = 1

    @classmethod
    def _missing_(cls, value):
        return cls.RED


class Letters(collections.abc.Set):
    def __init__(self, letters):
        self._letters = [*letters]

    @classmethod
    def _from_iterable(cls, letters):
        return cls(letters)

    def __contains__(self, letter):
        return letter in self._letters

    def __iter__(self):
        return iter(self._letters)

    def __len__(self):
        return len(self._letters)


def f():
    probe = Probe(3)
    probe(None)
    return probe._handle, probe._seen, probe._kind, Colour(7).name, sorted(Letters("abc")._letters)
"""


def test_own_private_names_work_beside_a_library_s_class(run):
    assert run(OWN) == (3, ["asked"], "probe", "RED", ["a", "b", "c"])


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("torch.nn.Module", "_forward_hooks"),
        ("torch.nn.Module", "_load_from_state_dict"),
        ("torch.nn.Module", "_call_impl"),
        ("torch.nn.Module", "_non_persistent_buffers_set"),
        ("torch.nn.Sequential", "_modules"),
        ("torch.nn.Sequential", "_get_item_by_idx"),
        ("torch.nn.MultiheadAttention", "_qkv_same_embed_dim"),
        ("collections.Counter", "_keep_positive"),
        ("typing.Protocol", "_is_protocol"),
        ("collections.abc.Mapping", "_abc_impl"),
        ("transformers.StoppingCriteria", "_abc_impl"),
    ],
)
def test_what_a_base_keeps_for_itself_is_refused(run, base, name):
    module = base.rpartition(".")[0]
    source = f"import {module}\nclass A({base}):\n    member = 1\n    {name} = None\n"
    with pytest.raises(AccessRefused, match=f"'{name}' is a name that .* keeps for itself"):
        run(source + "def f(): pass")
