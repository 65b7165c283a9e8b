"""What is handed to others keeps Python's meaning; what a class binds for a base is looked at."""

from __future__ import annotations

import functools

import pytest
import torch
from cloche_server.walls.language import AccessRefused
from cloche_server.walls.language.private_names import private_names

ENUM = """
import enum
class E(enum.Enum):
    match 1:
        case 1:
            A = 5
    _ignore_ = ["d"]
    d = [1]
    d[0] += 1
    d[0] += 1
    B = d[0]
    @classmethod
    def _missing_(cls, value):
        return cls.A
def main():
    return [each.name for each in E], E(99).name
"""

KEYS = """
class Keys:
    a = "a"
def main():
    found = []
    match 5:
        case {missing.attribute: x}:
            found.append(x)
        case _:
            found.append("no mapping")
    match {"a": 1, "b": 2}:
        case {Keys.a: x, "b": y, **rest}:
            found.append((x, y, rest))
    return found
"""


def test_an_enums_body_may_match_and_add_in_place(run):
    assert run(ENUM) == (["A", "B"], "A")


def test_names_among_a_patterns_keys_are_read_of_mappings_only(run):
    assert run(KEYS) == ["no mapping", (1, 2, {})]


def test_an_annotation_alone_evaluates_whose_attribute_it_is(run):
    source = "def main():\n    try:\n        missing.x: int\n    except NameError as error:\n"
    assert run(source + "        return error.name\n") == "missing"


@pytest.mark.parametrize("kind", ["list", "tuple"])
def test_a_list_tells_its_own_length(run, kind):
    source = f"class L({kind}):\n    def __len__(self):\n        return 9\ndef main():\n    pass\n"
    with pytest.raises(AccessRefused, match="a list or tuple with a '__len__' of its own"):
        run(source)


def test_a_list_with_a_generic_base_is_a_list(run):
    source = (
        "import typing, collections.abc\nT = typing.TypeVar('T')\n"
        "class L(list, typing.Generic[T]):\n    pass\n"
        "class M(L, collections.abc.Sequence):\n    pass\n"
        "def main():\n    return len(L([1])), len(M([1, 2]))\n"
    )
    assert run(source) == (1, 2)


def test_numpys_dtype_is_a_kind_of_types(run):
    source = """
import functools, numpy as np
def shape(x: np.dtype[np.float32]) -> np.dtype:
    return x
def main():
    made = np.dtype("f4")
    zeros = functools.partial(np.zeros, dtype=np.float32)
    return (
        isinstance(made, np.dtype), isinstance(1, np.dtype), issubclass(type(made), np.dtype),
        np.dtype([("a", "i8")]).names, repr(np.dtype), str(zeros(2).dtype),
    )
"""
    expected = (True, False, True, ("a",), "<class 'numpy.dtype'>", "float32")
    assert run(source) == expected


def test_a_method_that_is_handed_on_stays_a_method(run, model):
    source = """
import functools, inspect, torch
class Layer(torch.nn.Module):
    pass
def main(model, ids):
    class Bound(torch.nn.Module):
        forward = model.forward
    own = Layer()
    own.forward = model.forward
    named = functools.wraps(model.forward)(lambda: 1)
    return (
        Bound()(ids).logits.shape == own(ids).logits.shape, model.forward.__name__,
        named.__name__, "input_ids" in inspect.signature(model.forward).parameters,
        inspect.ismethod(model.forward),
    )
"""
    ids = torch.tensor([[1, 2]])
    assert run(source, model, ids) == (True, "forward", "forward", True, True)


def test_a_hook_still_replaces_what_a_layer_answers(run):
    source = """
import torch
def main():
    layer = torch.nn.Linear(2, 2)
    handle = layer.register_forward_hook(lambda module, args, out: out * 0 + 7)
    before = layer.register_forward_pre_hook(lambda module, args: (args[0] * 0,))
    x = layer(torch.ones(1, 2))
    handle.remove()
    before.remove()
    return x.tolist()
"""
    assert run(source) == [[7.0, 7.0]]


def test_integers_seen_as_floats_are_a_copy(run):
    source = """
import torch
def main():
    x = torch.zeros(2, dtype=torch.int64)
    x.view(torch.float64)[0] = 1.0
    y = torch.zeros(4)
    y.view(2, 2)[0, 0] = 1.0
    return x.tolist(), y.tolist(), y.view(torch.int32)[0].item()
"""
    assert run(source) == ([0, 0], [1.0, 0, 0, 0], 0x3F800000)


def test_a_decorators_own_names_are_its_classes():
    def decorated(function):
        @functools.wraps(function)
        def asks(self):
            return self._asked, function(self)

        return asks

    class Real:
        @decorated
        def method(self):
            return self._inside

    assert {"_asked", "_inside"} <= private_names(Real)


def test_what_walks_by_index_has_an_iterator_of_its_own():
    """Python's own frees what ends itself while it is asked."""
    from cloche_server.walls.language.adapters import torch_data

    assert all(
        hasattr(each, "__iter__")
        for each in vars(torch_data).values()
        if isinstance(each, type)
        and hasattr(each, "__getitem__")
        and each.__module__ == torch_data.__name__
    )
