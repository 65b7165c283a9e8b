"""Arguments with fields are read by attribute inside a technique as they are outside of it."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np
import pytest
from cloche import wire
from cloche_server.walls.language import AccessRefused, PolicyViolation

Point = namedtuple("Point", "x y count")


@dataclass
class Config:
    lr: float = 0.1
    items: int = 5
    layers: list[int] = field(default_factory=lambda: [1, 2])
    _seen: int = 3


@pytest.fixture
def read(run):
    """What an expression gives inside, of `c` and `p` as they arrive; and outside, as told."""

    def read(expression):
        given = wire.decode(wire.encode([Config(), Point(1, 2, 3)]))
        outside = None
        try:
            outside = eval(expression, {}, {"c": given[0], "p": given[1]})
        except AttributeError as error:
            outside = str(error)
        try:
            inside = run(f"def f(c, p):\n    return {expression}\n", *given)
        except AttributeError as error:
            inside = str(error)
        return inside, outside

    return read


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("c.lr", 0.1),
        ("c.layers[1]", 2),
        ("c._seen", 3),
        ("c['items']", 5),
        ("c.type_name", "Config"),
        ("getattr(c, 'lr'), getattr(c, 'none', 7)", (0.1, 7)),
        ("hasattr(c, 'lr'), hasattr(c, 'none')", (True, False)),
        ("sorted(c.items())[1]", ("items", 5)),
        ("'{0.lr} {1.x}'.format(c, p)", "0.1 1"),
        ("p.x + p.y", 3),
        ("p['count'], p[2], p.count(3)", (3, 3, 1)),
        ("p._fields, p.type_name", (("x", "y", "count"), "Point")),
        ("p._asdict()", {"x": 1, "y": 2, "count": 3}),
        ("c.none", "Config has no field 'none'"),
        ("p.none", "Point has no field 'none'"),
        ("[each.x for each in (p, p)]", [1, 1]),
    ],
)
def test_fields_are_read_as_the_caller_reads_them(read, expression, value):
    assert read(expression) == (value, value)


def test_a_field_is_read_in_every_way_that_a_loop_reads_it(run):
    source = """
from operator import attrgetter

def f(c):
    total = 0
    for _ in range(50):
        total += c.lr
    match c:
        case {"lr": lr}:
            total += lr
    return round(total, 3), attrgetter("lr")(c)
"""
    (config,) = wire.decode(wire.encode([Config()]))
    assert run(source, config) == (5.1, 0.1)


SPECIAL = ("__dict__", "__reduce_ex__", "__getattr__", "__wrapped__")


@pytest.mark.parametrize("name", [*SPECIAL, "__array_interface__", "__deepcopy__", "__missing__"])
def test_special_names_are_no_fields(run, name):
    (record,) = wire.decode(wire.encode([wire_record({name: 1, "x": 2})]))
    for source in (
        f"def f(c): return c.{name}",
        f"def f(c): return getattr(c, {name!r})",
        f"def f(c): return '{{0.{name}}}'.format(c)",
    ):
        with pytest.raises((AccessRefused, PolicyViolation)):
            run(source, record)
    assert run(f"def f(c): return c[{name!r}]", record) == 1


def wire_record(fields):
    from cloche import Record

    return Record("Told", fields)


@pytest.mark.parametrize(
    "source",
    [
        "def f(c): c.lr = 2",
        "def f(c): c.type_name = 2",
        "def f(c): setattr(c, 'lr', 2)",
        "def f(c): del c.lr",
        "def f(c): return type(c)('X', {})",
        "def f(c):\n    class A(type(c)): ...\n    return A",
        "def f(c): return vars(c)",
    ],
)
def test_a_record_is_read_and_not_bent(run, source):
    (config,) = wire.decode(wire.encode([Config()]))
    with pytest.raises((AccessRefused, AttributeError, TypeError)):
        run(source, config)
    assert dict(config) == {"lr": 0.1, "items": 5, "layers": [1, 2], "_seen": 3}


def test_what_a_technique_puts_there_is_judged_where_it_is_called(run):
    source = """
def f(c):
    c.update(call=lambda x: x + 1, kind=type(c))
    return c.call(1), c.kind
"""
    (config,) = wire.decode(wire.encode([Config()]))
    assert run(source, config)[0] == 2
    with pytest.raises(AccessRefused):
        run("def f(c): return c.kind('X', {})", config)


@pytest.mark.parametrize("name", ["__array_interface__", "__array__", "__torch_function__"])
def test_native_code_is_told_nothing_by_a_field(run, name):
    there = np.arange(4)
    place = {"data": (there.ctypes.data, True), "shape": (4,), "typestr": "<i8", "version": 3}
    source = """
import numpy as np, torch, copy

def f(c, name, place):
    called = []
    c.update({name: place if name == "__array_interface__" else lambda *a, **k: called.append(a)})
    seen = []
    for act in (np.array, np.asarray, np.sum, torch.as_tensor, torch.zeros, copy.deepcopy,
                lambda x: np.ones(4) + x, lambda x: torch.ones(4) + x, lambda x: np.dot(x, x)):
        try:
            seen.append(str(getattr(act(c), "dtype", "")))
        except (TypeError, ValueError):
            pass
    return called, "int64" in seen or "float64" in seen
"""
    (config,) = wire.decode(wire.encode([Config()]))
    assert run(source, config, name, place) == ([], False)
