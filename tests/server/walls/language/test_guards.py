"""Pairs of what is allowed and what is refused, run for real."""

from __future__ import annotations

import pytest
import torch
from cloche_server.walls.language import AccessRefused, PolicyViolation, compile_technique

PAIRS = {
    "own attribute": (
        "class A:\n    _x = 1\ndef f(m): return A()._x",
        "def f(m): return m._modules",
    ),
    "special name": (
        "def f(m): return type(m).__name__",
        "def f(m): return getattr(m, '__dict__')",
    ),
    "module member": (
        "import torch\ndef f(m): return torch.ones(1)",
        "import torch\ndef f(m): return torch.load",
    ),
    "submodule": ("def f(m): return m.lm_head.weight", "def f(m): return m.save_pretrained"),
    "setting": (
        "def f(m): m.lm_head.weight.requires_grad = False",
        "def f(m): m.device = 1",
    ),
    "config": (
        "def f(m): m.config.use_cache = False",
        "def f(m): m.config._attn_implementation = 'x'",
    ),
    "item": ("def f(m): d = {}; d['a'] = 1", "def f(m): m.config['a'] = 1"),
    "calling a type": ("def f(m): return type(m)", "def f(m): return type(m)()"),
    "three-argument type": ("def f(m): return type(1)(2)", "def f(m): return type('A', (), {})"),
    "format": (
        "def f(m): return '{0.lm_head}'.format(m)",
        "def f(m): return '{0.__dict__}'.format(m)",
    ),
    "generate": (
        "def f(m): return m.generate(max_new_tokens=1, pad_token_id=0, do_sample=False)",
        "def f(m): return m.generate(trust_remote_code=True)",
    ),
    "base class": (
        "import torch\nclass A(torch.nn.Module): pass\ndef f(m): return A()",
        "import torch\nclass A(torch.Tensor): pass\ndef f(m): return A()",
    ),
    "callback": (
        "def f(m): return sorted([2, 1], key=lambda x: x)",
        "def f(m): return sorted([2, 1], key=type(x for x in []))",
    ),
    "class pattern": (
        "def f(m):\n    match 3:\n        case int(real=r): return r",
        "def f(m):\n    match (x for x in []):\n        case object(gi_frame=r): return r",
    ),
    "deletion": (
        "class A: pass\ndef f(m):\n    a = A(); a.x = 1; del a.x",
        "def f(m):\n    del m._modules",
    ),
    "class dunder": (
        "class A:\n    def __len__(self): return 1\ndef f(m): return len(A())",
        "class A:\n    def __reduce__(self): return 1\ndef f(m): return A()",
    ),
    "class dunder value": (
        "class A:\n    def __repr__(self): return ''\n    __str__ = __repr__\ndef f(m): str(A())",
        "class A:\n    __str__ = repr\ndef f(m): return str(A())",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_allowed_and_refused(name, run, model):
    allowed, refused = PAIRS[name]
    run(allowed, model)
    with pytest.raises((AccessRefused, PolicyViolation)):
        run(refused, model)


def test_a_refusal_names_type_attribute_and_the_nearest_name(run, model):
    with pytest.raises(AccessRefused) as caught:
        run("def f(t): return t.set_()", torch.ones(1))
    assert caught.value.code == "attribute-refused"
    assert "access to 'set_' of a 'Tensor' refused" in caught.value.message


@pytest.mark.parametrize(
    ("expression", "near"),
    [
        ("t.nrom", "norm"),
        ("t.shape.nuber", ""),
        ("None.logits", ""),
        ("'a'.uper", "upper"),
        ("[].appendd", "append"),
        ("(1).bit", ""),
        ("t.dtype.name", ""),
    ],
)
def test_what_is_not_there_is_missing_and_not_refused(run, expression, near):
    """As Python says it, and caught as Python's: nothing of it was the wall's."""
    source = f"""
def f(t):
    try:
        return {expression}
    except AttributeError as e:
        return type(e).__name__, str(e), list(getattr(e, "__notes__", ()))
"""
    plain = {}
    exec(source, plain)
    expected = plain["f"](torch.ones(1))
    found = run(source, torch.ones(1))
    assert found[:2] == expected[:2]
    assert found[0] == "AttributeError"
    assert not near or found[2] == [f"did you mean '{near}'?"]


def test_a_technique_may_catch_a_refusal(run, model):
    source = """
def f(m):
    try:
        m.save_pretrained("x")
    except Exception as e:
        return type(e).__name__, hasattr(m, "push_to_hub"), getattr(m, "_modules", "none")
"""
    assert run(source, model) == ("AccessRefused", False, "none")


def test_augmented_targets_are_evaluated_once(run):
    source = """
seen = []
class A:
    n = 1
def obj(a):
    seen.append("obj")
    return a
def index():
    seen.append("index")
    return 0
def f():
    a, x = A(), [1]
    obj(a).n += 5
    obj(x)[index()] += 2
    return a.n, x, seen
"""
    assert run(source) == (6, [3], ["obj", "obj", "index"])


def test_namespaces_are_apart(wall):
    one = wall.namespace(write=print, progress=print)
    two = wall.namespace(write=print, progress=print)
    assert one is not two
    assert one["__builtins__"] is not two["__builtins__"]
    assert set(one) == {"__builtins__", "__name__"}


def test_no_name_of_a_guard_is_left_once_a_technique_runs(wall):
    namespace = wall.namespace(write=print, progress=print)
    exec(compile_technique("class A: pass\ndef f(x): x.a = x[0]").code, namespace)
    names = {*namespace, *namespace["__builtins__"]}
    assert [each for each in names if each[0] == " "] == []
    assert "__build_class__" not in names


def test_a_function_of_one_call_is_a_stranger_to_another(wall, run):
    namespace = wall.namespace(write=print, progress=print)
    exec("def g(): return 1", namespace)
    with pytest.raises(AccessRefused):
        run("def f(g): return g()", namespace["g"])


def test_private_names_are_mangled_as_in_python(run):
    source = """
class A:
    def __init__(self): self.__x = 1
    def get(self): return self.__x
def f(): return vars(A()), A().get()
"""
    assert run(source) == ({"_A__x": 1}, 1)


def test_c_code_may_import_on_first_use(run):
    source = """
import numpy as np, datetime
def f():
    return str(np.ones(2)), repr(np.ones(1)), datetime.datetime.strptime("2024", "%Y").year
"""
    assert run(source) == ("[1. 1.]", "array([1.])", 2024)


PASSED_ON = {
    "starmap": "list(*itertools.starmap(map, [(bad, [1])]))",
    "map": "list(*map(map, [bad], [[1]]))",
    "map of map": "[list(*each) for each in map(map, [map], [[bad]], [[[1]]])]",
    "reduce": "list(functools.reduce(map, [bad, [1]]))",
    "partial": "list(functools.partial(map)(bad, [1]))",
    "accumulate": "[list(each) for each in itertools.accumulate([bad, [1]], map)][1:]",
    "accumulate by keyword": "[each and list(each) for each in "
    "itertools.accumulate([[1]], func=lambda f, x: map(f, x), initial=bad)]",
    "sorted": "list(map(sorted, [[1]], [None]) or [1]) and sorted([1], key=functools.partial(bad))",
    "starmap of reduce": "list(itertools.starmap(functools.reduce, [(bad, [1, 2])]))",
    "starmap of filter": "[list(each) for each in itertools.starmap(filter, [(bad, [1])])]",
    "starmap of partial": "[each() for each in itertools.starmap(functools.partial, [(bad,)])]",
    "a bound method": "list(map(model.apply, [bad]))",
    "a function of a class": "list(map(torch.nn.Module.apply, [model], [bad]))",
    "a list for a scheduler": "torch.optim.lr_scheduler.LambdaLR(optimizer, [bad])",
    "a list by keyword": "torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=[bad])",
    "a list of processors": "transformers.LogitsProcessorList([bad])(ids, ids)",
}


@pytest.mark.parametrize("name", PASSED_ON)
def test_what_is_called_by_way_of_a_library_is_judged_too(name, run, model):
    called = []

    def bad(*args):
        called.append(args)
        return 1

    source = f"""
import functools, itertools, torch, transformers
ids = torch.ones(1, 1)
optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
def f(bad, model):
    return {PASSED_ON[name]}
"""
    with pytest.raises((AccessRefused, TypeError)) as caught:
        run(source, bad, model, entry="f")
    assert called == [], caught.value


def test_what_is_refused_is_caught_as_what_python_raises_there(run, model):
    source = """
import numpy as np
def f(model):
    found = []
    for ask, kind in (
        (lambda: model._modules, AttributeError),
        (lambda: setattr(model, "_modules", {}), AttributeError),
        (lambda: np.load, AttributeError),
        (lambda: type(model)(), TypeError),
        (lambda: setitem(model), TypeError),
    ):
        try:
            ask()
        except kind as error:
            found.append((type(error).__name__, isinstance(error, Exception)))
    return found, hasattr(model, "_modules"), getattr(model, "_modules", 1)
def setitem(model):
    model.config["x"] = 1
"""
    found, has, given = run(source, model, entry="f")
    assert found == [("AccessRefused", True)] * 5
    assert (has, given) == (False, 1)


def test_what_is_refused_in_a_pattern_is_said(run, model):
    source = """
class Own:
    __match_args__ = ("_modules",)
def f(model):
    match model:
        case object(_modules=x):
            return x
"""
    with pytest.raises(AccessRefused, match="_modules"):
        run(source, model, entry="f")


def test_a_generator_delegates_to_an_iterator_of_the_techniques_own(run):
    source = """
class Own:
    def __init__(self):
        self.heard = []
    def __iter__(self):
        return self
    def __next__(self):
        return 1
    def send(self, value):
        self.heard.append(value)
        return 2
    def throw(self, error):
        self.heard.append(str(error))
        return 3
    def close(self):
        self.heard.append("closed")

def main():
    own = Own()
    def outer():
        yield from own
    running = outer()
    got = [next(running), running.send("sent"), running.throw(ValueError("thrown"))]
    running.close()
    def bare():
        try:
            yield from iter([1, 2])
        except ValueError:
            yield 9
    other = bare()
    next(other)
    return got, own.heard, other.throw(ValueError())
"""
    assert run(source) == ([1, 2, 3], ["sent", "thrown", "closed"], 9)


def test_what_no_source_can_spell_is_no_part_of_a_path(run):
    source = """
import operator
class Own: pass
def main():
    own = Own()
    own.inner = Own()
    return operator.attrgetter("inner. technique")(own)
"""
    with pytest.raises(AccessRefused, match="begins with a space"):
        run(source)


def test_special_methods_may_be_static_or_of_the_class(run):
    source = (
        "class Left:\n"
        "    def __enter__(self): return self\n"
        "    @staticmethod\n"
        "    def __exit__(kind, value, trace): return value.args == (1,)\n"
        "    @staticmethod\n"
        "    def __getattr__(name): return name\n"
        "class OfClass(Left):\n"
        "    @classmethod\n"
        "    def __exit__(cls, kind, value, trace): return cls is OfClass\n"
        "def f():\n"
        "    for kind in (Left, OfClass):\n"
        "        with kind(): raise ValueError(1)\n"
        "    return Left().other\n"
    )
    assert run(source) == "other"
