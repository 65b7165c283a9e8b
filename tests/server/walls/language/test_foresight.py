"""What names alone decide: a check says it in the words of a run, and no run is kept from going."""

from __future__ import annotations

import pathlib

import pytest
from cloche_server.walls.language import AccessRefused, check_technique, compile_technique

BENIGN = sorted((pathlib.Path(__file__).parent / "benign").glob("*.py"))


def found(source):
    return [(each.line, each.column, each.message) for each in check_technique(source).diagnostics]


def undefined(source):
    """The names that are said to be undefined, and where the source has them."""
    names = []
    for each in check_technique(source).diagnostics:
        assert each.code == "name-undefined"
        line = source.splitlines()[each.line - 1]
        names.append(line[each.column - 1 : each.end_column - 1])
    return names


@pytest.mark.parametrize(
    ("source", "name", "hint"),
    [
        ("def f(tokenizer):\n    return tokeniser(1)", "tokeniser", "did you mean 'tokenizer'?"),
        ("def f():\n    pritn(1)", "pritn", "did you mean 'print'?"),
        ("def f(x):\n    return np.mean(x)", "np", "write `import numpy as np`"),
        ("def f(x):\n    return F.relu(x)", "F", "write `import torch.nn.functional as F`"),
        ("def f(x):\n    return math.pi", "math", "write `import math`"),
        ("def f(x: Optional):\n    return x", "Optional", "write `from typing import Optional`"),
        ("def f():\n    return Counter()", "Counter", "write `from collections import Counter`"),
        ("def f(x):\n    return sqrt(x)", "sqrt", "write `math.sqrt` or `torch.sqrt`"),
        ("def f():\n    return frobnicate(1)", "frobnicate", "define or import it before"),
    ],
)
def test_an_undefined_name_comes_with_what_was_meant(source, name, hint):
    (found,) = check_technique(source).diagnostics
    assert found.message == f"the name '{name}' is not defined"
    assert hint in found.hint
    assert source.splitlines()[found.line - 1][found.column - 1 :].startswith(name)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    if x:\n        return DEBUG\n", ["DEBUG"]),
        ("def f():\n    y = 1\ndef g():\n    return y\n", ["y"]),
        ("class A:\n    a = 1\n    def m(self):\n        return a\n", ["a"]),
        ("x = [i for i in (1,)]\ni\n", ["i"]),
        ("def f(*a, **k):\n    return lambda q: q + a + k + z\n", ["z"]),
        ("if __name__ == '__main__':\n    y = 1\ndef f():\n    return y\n", ["y"]),
        ("x: Missing = 1\n", ["Missing"]),
        ("@decorate\ndef f(a=default): ...\n", ["decorate", "default"]),
        ("def f():\n    try:\n        return y\n    except ValueError:\n        pass\n", ["y"]),
        ("def f(x):\n    match x:\n        case Point(): return 1\n", ["Point"]),
        ("def f(x):\n    return f'{x} {who!r}'\n", ["who"]),
        ("def f(x):\n    x[index] = 1\n    del y.z\n", ["index", "y"]),
    ],
)
def test_names_that_nothing_in_sight_binds(source, names):
    assert undefined(source) == names


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    return g()\ndef g():\n    return f, print, progress, type, __name__\n",
        "def f():\n    global x\n    x = 1\ndef g():\n    return x\n",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x += 1\n    return g\n",
        "[(n := i) for i in (1,)]\nn\n",
        "class A:\n    a = 1\n    b: int = a\n    c = [_ for _ in (a,)]\n",
        "try:\n    import wandb\nexcept ImportError:\n    wandb = 0\ndef f(): return wandb\n",
        "def f():\n    try:\n        return profile\n    except NameError:\n        return None\n",
        "def f(x):\n match x:\n  case {'a': [b, *c], **d}: b, c, d\n  case _ as e: e\n",
        "with open_it() as y: y\ndef open_it(): ...\n",
        "from __future__ import annotations\ndef f(x: PreTrainedModel) -> Missing:\n    return x\n",
        "def f():\n    for i, (a, *b) in (): i, a, b\n    else: i\n",
        "if __name__ == '__main__':\n    f(nothing)\n",
        "class A:\n    def m(self):\n        return __class__, A, super()\n",
        "def f():\n    try: pass\n    except (KeyboardInterrupt, ValueError) as e: return e\n",
    ],
)
def test_names_that_something_binds_are_not_told(source):
    assert check_technique(source).diagnostics == ()


NUMPY_SAVE = "'numpy.save' refused: reads or writes files"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("import numpy as np\ndef f():\n    np.save('x', 1)", (3, 5)),
        ("import numpy\ndef f():\n    numpy.save('x', 1)", (3, 5)),
        ("def f():\n    import numpy as np\n    keep = np.save\n    keep('x', 1)", (3, 12)),
        ("import numpy as np\nxp = np\ndef f():\n    xp.save('x', 1)", (4, 5)),
        ("import numpy as np\ndef f():\n    def g():\n        return np.save\n    g()", (4, 16)),
        (
            "try:\n    import numpy as np\nexcept ImportError:\n    np = None\ndef f(): np.save",
            (5, 10),
        ),
        ("import numpy as np\ndef f():\n    [np.save('x', i) for i in (1,)]", (3, 6)),
    ],
)
def test_a_refused_member_is_told_by_any_alias_and_in_the_words_of_the_run(run, source, place):
    (found,) = check_technique(source).diagnostics
    assert (found.line, found.column) == place
    assert (found.code, found.message) == ("attribute-refused", NUMPY_SAVE)
    with pytest.raises(AccessRefused) as caught:
        run(source, entry="f")
    assert (caught.value.code, caught.value.message) == (found.code, found.message)
    assert caught.value.hint == found.hint == "arrays as arguments and results"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import torch\ntorch.compile", "'torch.compile' refused: compiles, loads"),
        ("import torch as t\nt.nn.ParameterDict", "'torch.nn.ParameterDict' refused: "),
        ("from torch import nn\nnn.utils.nothing", "'torch.nn.utils.nothing' refused: not on"),
        (
            "import transformers\ntransformers.BertForMaskedLM",
            "'transformers.BertForMaskedLM' ref",
        ),
        ("import torch.nn.functional as F\nF.rleu", "'torch.nn.functional.rleu' refused: not on"),
    ],
)
def test_members_of_modules_within_modules(run, source, message):
    (found,) = check_technique(source).diagnostics
    assert found.message.startswith(message)
    with pytest.raises(AccessRefused) as caught:
        run(source + "\ndef f(): ...\n")
    assert (caught.value.message, caught.value.hint) == (found.message, found.hint)


@pytest.mark.parametrize(
    "source",
    [
        "def f(np):\n    np.save",
        "import numpy as np\ndef f(np):\n    np.save",
        "import numpy as np\nnp = Own()\nclass Own: save = 1\nnp.save",
        "import numpy as np\ndef f():\n    global np\n    np = 1\n    np.save",
        "import torch\nif hasattr(torch, 'compile'):\n    torch.compile",
        "import torch\ndef f():\n    try: torch.hub\n    except AttributeError: pass",
        "import torch\nclass A:\n    torch = 1\nA.torch.compile",
        "import torch, numpy as np\nfor np in (torch,): np.save",
    ],
)
def test_what_may_be_another_object_is_not_told(source):
    assert check_technique(source).diagnostics == ()


def test_all_there_is_to_say_comes_at_once_and_in_order():
    source = "import numpy as np\nopen('x')\nnp.load('x')\nmissing\nimport shutil\nshutil.move\n"
    codes = [each.code for each in check_technique(source).diagnostics]
    assert codes == ["name-refused", "attribute-refused", "name-undefined", "import-refused"]


def test_a_check_names_the_functions_unless_the_source_is_refused():
    assert check_technique("def f(): return missing").functions == ("f",)
    assert check_technique("def f(): return open").functions == ()
    (unreadable,) = check_technique("def f(:").diagnostics
    assert unreadable.code == "syntax-error"


def test_what_is_foreseen_keeps_nothing_from_running(run):
    source = "import torch\ndef f(slow=1):\n    if not slow: torch.compile, missing\n    return 1\n"
    assert len(found(source)) == 2
    compile_technique(source)
    assert run(source) == 1
    with pytest.raises(AccessRefused):
        run(source, slow=False)


@pytest.mark.parametrize("path", BENIGN, ids=lambda path: path.stem)
def test_techniques_that_run_have_nothing_foreseen(path):
    assert found(path.read_text()) == []
