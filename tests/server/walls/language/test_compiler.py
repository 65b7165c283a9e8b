"""Every bad source ends in PolicyViolation, with an exact place."""

from __future__ import annotations

import pytest
from cloche_server.walls.language import PolicyViolation, compile_technique


def refusal(source):
    with pytest.raises(PolicyViolation) as caught:
        compile_technique(source)
    return caught.value.diagnostics


def test_functions_are_listed_in_order():
    source = "import math\nK = 1\ndef b(): pass\nclass C:\n    def x(self): pass\ndef a(): pass\n"
    assert compile_technique(source).functions == ("b", "a")


def test_refused_import_says_where_and_what_instead():
    (found,) = refusal("def f():\n    x = 1; import socket\n    socket\n")
    assert (found.code, found.line, found.column) == ("import-refused", 2, 19)
    assert str(found) == (
        "line 2, col 19: import of 'socket' refused: not an allowed module; "
        "fetch it on the caller's side and pass the result"
    )


def test_columns_count_characters_not_bytes():
    (found,) = refusal("x = 'éé'; y = x.__class__.__mro__\n")
    assert found.code == "attribute-refused"
    assert (found.line, found.column) == (1, 15)
    assert "__mro__" in found.message


def test_all_problems_come_in_source_order():
    found = refusal(
        "import shutil\ndef f(x):\n    x.__globals__\n    async def g(): pass\n"
        "import socket\nshutil, socket\n"
    )
    assert [each.code for each in found] == [
        "import-refused",
        "attribute-refused",
        "async-refused",
        "import-refused",
    ]
    assert [each.line for each in found] == [1, 3, 4, 5]


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n",
        "x = 1\0",
        "x = '\ud800'",
        "(" * 500,
        "[" * 50 + "]" * 50 + "\n" + "-" * 100_000 + "1",
        "a" + ".b" * 20_000,
        "return 1",
        "def f():\n    nonlocal q\n",
        "x = 0x" + "f" * 400_000,
        "x = " + "9" * 5000,
        "x = 1\n" * 400_000,
        "if 1:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 120)),
        b"x = 1",
        None,
        "__builtins__ = {}",
        "def f(__class__): pass",
        "import math as __builtins__",
        "from math import *",
        "from . import x",
        "try:\n    pass\nexcept* ValueError:\n    pass\n",
        "f(__class__=1)",
        "global __name__\n__name__ = 'os'",
        "class A(metaclass=type): pass",
        "class A(**{}): pass",
        "match 1:\n    case object(__globals__=g): pass\n",
        "from __future__ import barry_as_FLUFL",
    ],
    ids=lambda source: repr(source)[:24],
)
def test_bad_sources_end_in_a_violation_and_nothing_else(source):
    (first, *_) = refusal(source)
    assert first.line >= 1
    assert first.column >= 1
    assert first.message


@pytest.mark.parametrize(
    "source",
    [
        "",
        "from __future__ import annotations\nx: int = 1\n",
        "if __name__ == '__main__':\n    pass\n",
        "__all__ = ['f']\ndef f(): return f.__name__\n",
        "_private = 1\nx = _private\n_ = 2\n",
        "import torch.nn.functional as F, math\n",
        "x = [1]\nx[0] += 1\nx[0]: int = 3\n",
    ],
)
def test_ordinary_sources_compile(source):
    compile_technique(source)


def test_annotations_are_values_unless_the_future_says_text(run):
    source = "{}class A:\n    x: int = 1\ndef f(): return [type(x) for x in [1]]\n"
    assert run(source.format("")) == [int]
    assert run(source.format("from __future__ import annotations\n")) == [int]


@pytest.mark.parametrize(
    "source",
    [
        "import wandb, os.path as p\nfrom pickle import dumps, loads as l\n",
        "if x:\n    import pdb; pdb.set_trace()\n",
        "try:\n    import wandb\nexcept ImportError:\n    wandb = None\nwandb\n",
        "try:\n    from torch import compile\nexcept Exception:\n    compile = None\ncompile\n",
        "import argparse\nif __name__ == '__main__':\n    open('x'), argparse.X\n",
        "if __name__ == '__main__':\n    async def main(): ...\nelse:\n    x = 1\n",
    ],
)
def test_imports_that_need_not_happen_cost_nothing(source):
    compile_technique(source)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import wandb\nwandb.init()", "wandb"),
        ("def f():\n    from shutil import move\n    return move", "shutil"),
        ("try:\n    import shutil\nexcept ValueError:\n    shutil = 1\nshutil", "shutil"),
        ("try:\n    x = 1\nexcept ImportError:\n    import shutil\nshutil", "shutil"),
        ("if x:\n    pass\nimport shutil\nshutil", "shutil"),
    ],
)
def test_imports_that_are_bound_to_happen_are_refused_before(source, name):
    assert [each.message for each in refusal(source)] == [
        f"import of '{name}' refused: not an allowed module"
    ]


@pytest.mark.parametrize(
    ("source", "name", "hint"),
    [
        ("open('x')", "open", "pass what it reads as an argument"),
        ("def f():\n    return {**locals()}", "locals", "keep the values in a dict"),
        ("raise SystemExit(1)", "SystemExit", "return, or raise an exception of your own"),
        ("x = [id(y) for y in ()]", "id", "compare with `is`"),
    ],
)
def test_refused_builtins_are_said_before_anything_runs(source, name, hint):
    (found,) = refusal(source)
    assert found.message.startswith(f"the builtin '{name}' refused: ")
    assert hint in found.hint
    assert source.splitlines()[found.line - 1][found.column - 1 :].startswith(name)


@pytest.mark.parametrize(
    "source",
    [
        "def open(x): return x\nopen(1)",
        "def f(id):\n    return id",
        "try: pass\nexcept (KeyboardInterrupt, ValueError): pass\nexcept SystemExit: raise",
    ],
)
def test_names_of_ones_own_and_handlers_are_no_refused_builtins(source):
    compile_technique(source)


@pytest.mark.parametrize(
    "source",
    [
        "def f(node):\n    while node is not None:\n        node = node.parent\n    return node\n",
        "def f(x):\n    a = x\n    b = a.left\n    a = b.right\n    return a.left\n",
    ],
)
def test_a_name_may_be_bound_by_what_is_read_of_itself(source):
    assert compile_technique(source).functions == ("f",)


_TECHNIQUE = "def technique(model, tokenizer):\n    return 1\n"
_MAIN = 'if __name__ == "__main__":\n    main()\n'


@pytest.mark.parametrize(
    ("source", "functions"),
    [
        (_TECHNIQUE + "def main():\n    open('x')\n" + _MAIN, ("technique",)),
        (_TECHNIQUE + "def save(a, b):\n    open(a)\ndef main():\n    save(1, 2)\n" + _MAIN, None),
        ("def a(m, t):\n    return 1\ndef main():\n    open(a(1, 2))\n" + _MAIN, ("a",)),
    ],
)
def test_what_only_the_main_block_reaches_is_left_out(source, functions):
    assert compile_technique(source).functions == (functions or ("technique",))


@pytest.mark.parametrize(
    "source",
    [
        # What a technique calls stays, whoever else calls it.
        "def main():\n    open('x')\ndef technique(model, tokenizer):\n    main()\n" + _MAIN,
        "def main():\n    open('x')\nmain()\n" + _TECHNIQUE + _MAIN,
        # What may be the technique stays.
        "def main(m, t):\n    open('x')\n" + _MAIN,
        # Nothing but the block tells that a function is the program's.
        _TECHNIQUE + "def unused():\n    open('x')\n",
        "import argparse\n" + _TECHNIQUE.replace("1", "argparse"),
    ],
)
def test_everything_else_is_looked_at(source):
    with pytest.raises(PolicyViolation):
        compile_technique(source)


def test_imports_of_functions_that_nothing_calls_cost_nothing():
    idle = "def plot(x, y):\n    import seaborn\n    return plt.plot(seaborn.x)\n"
    source = "import matplotlib.pyplot as plt\n" + idle + _TECHNIQUE
    assert compile_technique(source).functions == ("plot", "technique")
