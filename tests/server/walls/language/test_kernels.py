"""What replaces an entry of torch or numpy answers as the original does, for all honest uses."""

from __future__ import annotations

import copy
from collections import namedtuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from cloche_server.walls.language import AccessRefused
from cloche_server.walls.language.copies import private


@pytest.fixture(autouse=True)
def hardened(wall):
    return wall


@pytest.mark.parametrize(
    "value",
    [
        3,
        [1, 2, [3]],
        ([1.0], (2, 3)),
        "text",
        [None, True, 1j],
        [torch.Size([1, 2])],
        range(3),
    ],
    ids=repr,
)
def test_a_private_copy_is_equal(value):
    assert private(value) == value


def test_a_private_copy_shares_no_list():
    inner = [1.0, object()]
    made = private([inner, (inner,)])
    assert made[0] == inner
    assert made[0] is not inner
    assert made[1][0] is not inner


@pytest.mark.parametrize(
    "row",
    [{"a": 1}, {1}, {1: 2}.values(), iter([1]), (each for each in [1]), map(int, [1])],
    ids=lambda row: type(row).__name__,
)
def test_what_is_no_sequence_is_no_row(row):
    """torch refuses it as the first row, and walks it as any other."""
    for data in (row, [[1], row], [[[1]], (row,)]):
        with pytest.raises(TypeError):
            torch.tensor(data)


def test_an_array_of_objects_is_no_row():
    held = np.array([([1.0],)], dtype=[("a", "O")])
    for row in (np.array([1, None]), held, held[0]):
        with pytest.raises(AccessRefused):
            torch.tensor([[1.0, 2.0], row])
    assert torch.tensor([[1.0, 2.0], np.ones(2), np.float32(1) * np.ones(2)]).shape == (3, 2)


def test_tensors_from_data():
    pair = namedtuple("pair", "a b")
    assert torch.tensor([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert torch.tensor(data=[1.0]).tolist() == [1.0]
    assert torch.as_tensor(np.arange(3)).tolist() == [0, 1, 2]
    assert torch.tensor([torch.tensor(1), 2]).tolist() == [1, 2]
    assert torch.tensor(range(3)).tolist() == [0, 1, 2]
    x = torch.arange(12).view(3, 4)
    assert x[[0, 2]].shape == (2, 4)
    assert x[pair(0, 1)] == 1
    assert x[(0, 1)] == 1
    assert x[None, ..., 1:].shape == (1, 3, 3)
    assert x[torch.tensor([True, False, True])].shape == (2, 4)
    assert x[[0, 1], [1, 2]].tolist() == [1, 6]
    x[[0, 1]] = 0
    assert x.sum() == 38
    assert x.new_tensor([1]).dtype == x.dtype


def test_random_states_round_trip():
    for skip in (0, 1, 623, 624, 625, 1300):
        torch.manual_seed(0)
        torch.rand(skip)
        state = torch.get_rng_state()
        first = torch.rand(5)
        torch.set_rng_state(state)
        assert torch.equal(torch.rand(5), first)
    with torch.random.fork_rng(devices=[]):
        torch.rand(3)


def test_attention_with_masks_and_groups():
    q, k = torch.randn(2, 4, 3, 8), torch.randn(2, 2, 5, 8)
    mask = torch.zeros(2, 1, 3, 5)
    out = F.scaled_dot_product_attention(q, k, k, attn_mask=mask, enable_gqa=True)
    assert out.shape == q.shape
    assert F.scaled_dot_product_attention(q, q, q, is_causal=True).shape == q.shape
    assert F.scaled_dot_product_attention(query=q, key=q, value=q).shape == q.shape


def test_numpy_stand_ins(run):
    source = """
import numpy as np
from functools import partial, reduce
def f():
    x = np.arange(6.0).reshape(2, 3)
    out = np.empty(3)
    np.add.reduce(x, axis=0, out=out)
    out += 1
    return [
        np.mean.__name__, np.add.__name__, np.maximum.accumulate([1, 3, 2]).tolist(), out.tolist(),
        list(map(np.sqrt, [4.0])), reduce(np.add, [1, 2]), partial(np.sum, axis=0)(x).tolist(),
        np.vectorize(lambda v: v + 1)([1]).tolist(), np.add.nin, x.mean(axis=0).tolist(), x.T.shape,
    ]
"""
    assert run(source) == [
        "mean", "add", [1, 3, 3], [4, 6, 8], [2.0], 3, [3, 5, 7], [2], 2, [1.5, 2.5, 3.5], (3, 2),
    ]  # fmt: skip


def test_an_array_of_objects_may_be_read_but_not_computed_with(run):
    source = """
import numpy as np
def f(how):
    x = np.array([[1], [2, 3]], dtype=object)
    if how == "read":
        return x.tolist(), x.shape, [len(each) for each in x], x[0]
    if how == "item":
        x[0] = 1
    if how == "in place":
        x += x
    if how == "method":
        x.sort()
    if how == "function":
        np.sum(x)
"""
    assert run(source, "read") == ([[1], [2, 3]], (2,), [1, 2], [1])
    for how in ("item", "in place", "method", "function"):
        with pytest.raises(AccessRefused, match="array of Python objects"):
            run(source, how)


def test_items_of_tensors_by_lists_and_names(run):
    source = """
import operator
import torch
def f():
    x = torch.arange(6).view(2, 3)
    rows, cols = [0, 1], [2, 0]
    x[rows, cols] += 10
    x[rows[0]][cols] = 5
    x[:, [1]] -= 1
    d = {(1, 2): "a", "k": [1]}
    d["k"] += [2]
    return [
        x.tolist(), x[rows].shape, x[x > 5].tolist(), operator.getitem(x, [1]).tolist(), d[(1, 2)],
        [g(x[0]).item() for g in [operator.itemgetter(1)]], operator.itemgetter(0, -1)("abc"),
        x.__getitem__(0).tolist(), d["k"], sorted([(2, 1), (1, 2)], key=operator.itemgetter(1)),
    ]
"""
    assert run(source) == [
        [[5, 0, 5], [13, 3, 5]], (2, 3), [13], [[13, 3, 5]], "a",
        [0], ("a", "c"), [5, 0, 5], [1, 2], [(2, 1), (1, 2)],
    ]  # fmt: skip


def test_a_method_is_copied_as_itself_whatever_its_function_is_called():
    class Own:
        def method(self):
            return 7

    own = Own()
    Own.method.__name__ = "__dict__"
    for copied in (copy.copy(own.method), copy.deepcopy(own.method)):
        assert copied() == 7


def test_gradients_of_a_models_inputs_are_asked_for_and_left(run, model):
    source = (
        "import torch\n"
        "def f(model):\n"
        "    def asks():\n"
        "        return model(input_ids=torch.tensor([[1, 2]])).logits.requires_grad\n"
        "    model.requires_grad_(False)\n"
        "    before = asks()\n"
        "    model.enable_input_require_grads()\n"
        "    model.enable_input_require_grads()\n"
        "    within = asks()\n"
        "    model.disable_input_require_grads()\n"
        "    return before, within, asks()\n"
    )
    assert run(source, model) == (False, True, False)
