"""The doors to numpy and torch: what they refuse, and that ordinary calls give the same results."""

from __future__ import annotations

import copy
import warnings

import numpy as np
import pytest
import torch
from cloche_server.walls.language import AccessRefused
from cloche_server.walls.language.bounds import ELEMENTS, LIMIT, check_count, check_sizes
from cloche_server.walls.language.descriptions import description
from cloche_server.walls.language.tables.rows import Allow
from cloche_server.walls.language.tables.torch_tensor import ROWS


@pytest.fixture(autouse=True)
def hardened(wall):
    return wall


class _Own(int):
    def __index__(self):
        return 0


@pytest.mark.parametrize(
    "count",
    [
        LIMIT, -LIMIT, range(LIMIT, LIMIT + 1), [range(-LIMIT, 0)],
        2**62, _Own(2**62), np.int64(2**62), [1, [2, (2**40,)]], torch.tensor(2**40),
        np.array([1, 2**40]), torch.Size([2**40]),
    ],
    ids=repr,
)  # fmt: skip
def test_a_large_count_is_refused_wherever_it_is(count):
    with pytest.raises(AccessRefused, match=r"2\*\*31"):
        check_count(count, "f(n=...)")


@pytest.mark.parametrize(
    "count", [0, -1, LIMIT - 1, 2.5, None, "text", True, [3, (4,)], "x", range(0)]
)
def test_other_counts_pass(count):
    check_count(count, "f(n=...)")


def test_sizes_are_bounded_together():
    check_sizes((2**20, 2**19, -1, 0), "f(size=...)")
    with pytest.raises(AccessRefused, match=str(ELEMENTS)):
        check_sizes((2**20, 2**20), "f(size=...)")


REFUSED = {
    "torch": """
        torch.zeros(2**31)
        torch.ones(1).expand(2**30, 2**30)
        torch.ones(3).repeat(2**20, 2**20)
        torch.ones(3).view(2**40)
        torch.ones(3, 3).diagonal(offset=-2**63)
        torch.diagonal(torch.ones(3, 3), 2**62)
        torch.ones(3).unfold(0, 1, 2**62)
        torch.ones(3).split([1, 2**62])
        torch.bincount(torch.tensor([1]), minlength=2**62)
        torch.nn.functional.pad(torch.ones(3), (0, 2**62))
        torch.nn.functional.avg_pool1d(torch.ones(1, 1, 3), 2**62)
        torch.fft.fft(torch.ones(3), n=2**62)
        torch.add(torch.ones(3), 1, out=torch.zeros(3))
        torch.ones(3).gather(0, torch.tensor([0]), sparse_grad=True)
        torch.ones(3).repeat_interleave(torch.tensor(2**40))
    """,
    "numpy": """
        np.zeros(2**62)
        np.zeros(3, "(99999999,99999)i8")
        np.zeros(3, "i8,(2147483584,)i8")
        np.zeros(3, dtype="V2147483647")
        np.zeros(3, [("a", "i8", (3,))])
        np.zeros(3, {"names": ["a"], "formats": ["i8"], "offsets": [4]})
        np.dtype(("i8", (3,)))
        np.dtype("i8", align=True)
        np.dtype(np.zeros(3))
        np.zeros(3).astype({"a": ("i8", 0)})
        np.zeros(3).view(dtype=[("a", ("i4", 2))])
        np.repeat(np.zeros(2), np.array([2**40, 1]))
        np.broadcast_to(np.zeros(1), (2**30, 2**30))
        np.cumsum(np.zeros(3), out=np.zeros(3))
        np.add(1, 2, where=np.array(False))
        np.add(1, 2, signature="ll->l")
        np.bincount([1], minlength=2**62)
        np.bincount(np.array([2**63 - 1]))
        np.bincount(range(2**63 - 1, 2**63))
        np.zeros(range(2**62, 2**62 + 1))
        np.zeros(2).repeat([2**62, 2**62])
        np.fft.fft(np.zeros(3), n=2**62)
        np.random.default_rng(0).normal(size=2**40)
    """,
}
ALLOWED = """
    torch.full((2,), 2**62).tolist()
    torch.tensor([2**40, -(2**63)]).tolist()
    (torch.tensor(1) + 2**40).item()
    torch.add(torch.tensor(1), 2**40).item()
    torch.tensor(5).clamp(-(2**63), 2**63 - 1).item()
    torch.clamp(torch.tensor(2**50), max=2**40).item()
    torch.zeros(2, dtype=torch.int64).fill_(2**62).tolist()
    torch.where(torch.tensor([True, False]), 2**40, -(2**40)).tolist()
    torch.arange(2**40, 2**40 + 3).tolist()
    torch.randint(2**40, 2**41, (3,)).min().item() >= 2**40
    torch.zeros(3).masked_fill(torch.tensor([True, False, True]), -1e30).tolist()
    torch.zeros(2, 3).new_full((2,), 2**40, dtype=torch.int64).tolist()
    torch.ones(6).view(2, 3).shape, torch.ones(6).view((3, -1)).shape, torch.ones(2).view(-1).shape
    torch.ones(1).expand(2, 3).shape, torch.ones(2, 3).expand(-1, 3).sum().item()
    torch.ones(2, 3).repeat(2, 2).shape, torch.ones(4).tile((2, 2)).shape
    torch.ones(4).split([1, 3])[1].shape, torch.ones(6).chunk(2)[0].shape
    torch.ones(3).repeat_interleave(2).shape, torch.repeat_interleave(torch.tensor([2, 0])).tolist()
    torch.ones(2, 2).repeat_interleave(torch.tensor([1, 2]), dim=0, output_size=3).shape
    torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3).tolist()
    torch.ones(2, dtype=torch.bfloat16).histc(300, 0, 1).sum().item()
    torch.div(torch.tensor([7, -7]), torch.tensor([-1, 2]), rounding_mode="trunc").tolist()
    torch.tensor([7, -7]).div_(2, rounding_mode="trunc").tolist()
    torch.div(7 * torch.ones(1), 2, rounding_mode="floor").item()
    torch.div(torch.tensor(7), 2).item(), torch.divide(input=torch.tensor(7), other=2).item()
    torch.lcm(torch.tensor([4, -6, 0]), torch.tensor([6, 4, 3])).tolist()
    torch.linalg.eigvals(torch.eye(2)).real.tolist()
    torch.vmap(torch.linalg.eigvals)(torch.eye(2).expand(2, 2, 2)).shape
    torch.as_tensor(np.arange(3)).tolist(), torch.from_numpy(np.arange(3)).tolist()
    torch.ones(3).numpy().tolist(), np.asarray(torch.ones(2)).tolist()
    list(map(torch.abs, [torch.tensor(-1)]))
    torch.nn.functional.one_hot(torch.tensor([1]), 3).tolist()
    torch.vmap(torch.dot)(torch.ones(2, 3), torch.ones(2, 3)).tolist()
    np.full(3, 2**62).tolist(), np.arange(2**40, 2**40 + 2).tolist(), np.int64(2**40).item()
    np.clip(np.array([2**50]), 0, 2**40).tolist(), np.array([2**40, 1]).tolist()
    np.random.default_rng(2**60).integers(0, 2**62, 3).shape, np.linspace(0, 2**40, 3).tolist()
    np.zeros((2, 3), dtype=np.float32).dtype.name, np.zeros(2, "f4").dtype.name
    np.zeros(2, dtype=[("a", "f4"), ("b", "i8")])["b"].tolist(), np.zeros(1, "i4,f8").dtype.itemsize
    np.dtype("float32").itemsize, np.dtype(float).name, np.array([1, 2], dtype=int).tolist()
    np.zeros(2).astype("U12").tolist(), np.zeros(2).astype(np.int8).view("u1").tolist()
    np.add(np.ones(2), 1, out=np.zeros(2)).tolist()
    np.sum(np.ones(3), where=[True, False, True]).item()
    np.divide(np.ones(2), [0.0, 2.0], out=np.zeros(2), where=[False, True]).tolist()
    np.bincount([1, 2, 2]).tolist(), np.bincount([], minlength=2).tolist()
    np.array([1, 2]).repeat([1.0, 2.0]).tolist()
    np.array([1, 2]).repeat(2).tolist(), np.array([[1, 2]]).repeat(np.int8(2), 1).tolist()
    np.array([1, 2]).repeat(2, axis=None).tolist(), np.repeat([1, 2], [True, False]).tolist()
    np.repeat([1, 2], [2, 1]).tolist(), np.tile([1, 2], (2, 2)).tolist()
    np.issubdtype(np.int8, np.integer)
    np.result_type(np.float32, np.zeros(2, "i4")).name, np.can_cast(np.int8, "int16")
    np.zeros((2, 6)).reshape(3, -1).shape, np.pad([1], (1, 2)).tolist()
    np.concatenate([[1], [2]], 0).tolist()
"""


def _lines(text):
    return [each.strip() for each in text.strip().splitlines()]


@pytest.mark.parametrize("line", [each for text in REFUSED.values() for each in _lines(text)])
def test_refused_and_said_why(run, line):
    with pytest.raises((AccessRefused, RuntimeError)) as caught:
        run(f"import torch\nimport numpy as np\ndef f():\n    return {line}")
    if isinstance(caught.value, AccessRefused):
        assert "refused" in str(caught.value)


@pytest.mark.parametrize("line", _lines(ALLOWED))
def test_allowed_with_the_same_result(run, line):
    found = run(f"import torch\nimport numpy as np\ndef f():\n    return {line}")
    assert repr(found) == repr(eval(line, {"torch": torch, "np": np}))


def test_a_description_is_copied():
    fields = [("a", "i4"), ("b", [("c", "f8")])]
    found = description(fields)
    assert found == fields
    assert found is not fields
    assert found[1][1] is not fields[1][1]


# Aliases


def _ways_to_the_same_elements():
    """Every listed method that answers, given a few honest arguments, with the same memory."""
    for row in ROWS:
        if not isinstance(row, Allow) or row.of != "torch:Tensor":
            continue
        for name in row.names.split():
            for args in ((), (0,), (0, 1), (1,), (2, 2), (4, 1), (0, 0, 1), (torch.zeros(2, 2),)):
                yield name, args


def test_what_is_written_through_another_tensor_is_counted():
    ways = 0
    for name, args in _ways_to_the_same_elements():
        x = torch.zeros(2, 2, dtype=torch.int64)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = getattr(x, name)
                found = found(*args) if callable(found) else found
        except Exception:
            continue
        for each in found if isinstance(found, (tuple, list)) else (found,):
            shares = isinstance(each, torch.Tensor) and not each.is_sparse
            if shares and each.untyped_storage().data_ptr() == x.untyped_storage().data_ptr():
                before = x._version
                each.fill_(1)
                assert x._version > before, name
                ways += 1
    assert ways > 50


@pytest.mark.parametrize(
    "way",
    [
        lambda x: x.data, copy.copy, lambda x: torch.nn.Parameter(x, requires_grad=False),
        torch.as_tensor, torch.asarray, lambda x: torch.nn.Buffer(x),
    ],
)  # fmt: skip
def test_a_copy_that_shares_elements_counts_too(way):
    x = torch.zeros(2, dtype=torch.int64)
    way(x)[0] = 1
    assert x.tolist() == [1, 0]
    assert x._version


def test_arrays_are_copies(run):
    source = """
import numpy as np
import torch
def f():
    x, a = torch.zeros(2), np.zeros(2)
    x.numpy()[0] = 1
    np.asarray(x)[0] = 1
    for make in (torch.from_numpy, torch.as_tensor, torch.asarray):
        make(a)[0] = 1
    return x.tolist(), a.tolist()
"""
    assert run(source) == ([0, 0], [0, 0])


def test_data_is_swapped_and_put_back():
    layer = torch.nn.Linear(3, 2)
    kept, first = layer.weight.data, layer.weight.data.clone()
    layer.weight.data = torch.ones(3, 2).T
    assert layer.weight.is_contiguous()
    assert layer.weight.sum() == 6
    layer.weight.data = kept
    assert torch.equal(layer.weight, first)
    assert layer.weight.data.data_ptr() == kept.data_ptr()
    index = torch.tensor([1, 2])
    index.data = torch.tensor([3, 4])
    assert index.tolist() == [3, 4]


def test_a_model_changes_its_dtype_and_back():
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    assert {each.dtype for each in model.half().parameters()} == {torch.float16}
    assert model.float()(torch.ones(2, 3)).dtype == torch.float32
    assert copy.deepcopy(model)[0].weight.shape == (2, 3)
    shared = copy.copy(model[0].weight)
    assert type(shared) is torch.nn.Parameter
    assert shared.data_ptr() == model[0].weight.data_ptr()


class _Name(str):
    def __hash__(self):
        return 1


def test_a_name_of_an_option_is_exactly_a_str(run):
    source = (
        "import torch\nimport numpy as np\n"
        "def f(name):\n"
        "    for way in (torch.add, torch.ones(1).sum, np.add, np.ones(1).sum, np.cumsum):\n"
        "        try: way(1, **{name: 0})\n"
        "        except Exception as error: assert 'exactly a str' in str(error)\n"
        "        else: assert False\n"
        "    return True\n"
    )
    assert run(source, _Name("out"))


@pytest.mark.parametrize("count", ["'4'", "np.array('4')", "np.datetime64(4, 's')"])
def test_what_numpy_makes_counts_of_is_numbers(run, count):
    for way in ("np.bincount([{0}])", "np.repeat([1], [{0}])", "np.ones(1).repeat([{0}])"):
        with pytest.raises(TypeError, match="whole numbers"):
            run(f"import numpy as np\ndef f():\n    return {way.format(count)}")


def test_a_callback_of_numpy_is_handed_the_callers_own_objects(run):
    source = (
        "import numpy as np\n"
        "def f():\n"
        "    mine, seen, many = [2**40], [], 2**40\n"
        "    def look(x, *more, **named):\n"
        "        seen.append([each is mine or each == many for each in (*more, *named.values())])\n"
        "        return x\n"
        "    np.apply_along_axis(look, 0, np.zeros((2, 1)), mine, many, by=mine)\n"
        "    np.piecewise(np.zeros(3), [np.zeros(3) < 1], [look], mine, many, by=mine)\n"
        "    np.fromfunction(look, (2,), by=mine, dtype=float)\n"
        "    return seen\n"
    )
    assert run(source) == [[True] * 3, [True] * 3, [True]]
