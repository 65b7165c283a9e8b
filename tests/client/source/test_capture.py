"""Captured functions give what the function itself gives, or a refusal that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from cloche import SourceError
from cloche.source import capture

from tests.client.source.support import run_captured, source_of

if TYPE_CHECKING:
    from tests.client.source.support import Project

# Each is a module with a technique `t`; what the source gives must equal what t gives.
ALIKE = {
    "imports and aliases": """
        import math
        import numpy as np
        import os.path
        import collections.abc as abc
        from math import floor as down, pi
        from functools import *

        def t(model, tokenizer):
            joined = os.path.join("a", "b")
            total = reduce(lambda a, b: a + b, [1, 2, 3])
            count = int(np.sum([1, 2]))
            return [math.sqrt(4), count, joined, down(2.5), pi, total, abc.Sized.__name__]
        """,
    "submodules of one package": """
        import torch
        import torch.nn
        import torch.nn.functional

        def t(model, tokenizer):
            two = torch.nn.ReLU()(torch.tensor(2.0))
            return (torch.nn.functional.relu(torch.tensor(-1.0)) + two).item()
        """,
    "helpers in any order, mutual recursion": """
        def t(model, tokenizer):
            return even(7), LIMIT

        def even(n):
            return True if n == 0 else odd(n - 1)

        def odd(n):
            return False if n == 0 else even(n - 1)

        LIMIT = 3
        """,
    "functions that do not say where they live": """
        import numpy as np
        import torch
        relu, exp, softmax = torch.relu, np.exp, torch.nn.functional.softmax

        def t(model, tokenizer):
            return relu(torch.tensor(-1.0)).item(), float(exp(0)), softmax(torch.ones(1), 0).item()
        """,
    "plain constants": """
        A = {"k": [1, 2.5, None, True], (1,): {"x"}, "b": b"\\x00", "c": 1 + 2j, "e": ...}
        B = frozenset({1}), set(), (), range(1, 9, 2)
        C = [float("inf"), -float("inf"), 10**40, "qu'o\\"te\\n"]

        def t(model, tokenizer):
            return A, B, C
        """,
    "constants as they are now": """
        COUNT = 1
        NAMES = []
        for _i in range(3):
            COUNT += _i
            NAMES.append(_i)

        def t(model, tokenizer):
            return COUNT, NAMES
        """,
    "dtype, device, pattern, enum, table of functions": """
        import enum
        import re
        import torch
        DT = torch.float16
        DEV = torch.device("cpu")
        WORD = re.compile(r"a+(b)", re.IGNORECASE)
        class Kind(enum.Enum):
            ONE = 1
        KIND = Kind.ONE
        def double(x): return 2 * x
        TABLE = {"double": double, "len": len, "dt": torch.int8}

        def t(model, tokenizer):
            found = WORD.match("AAb").group(1)
            called = TABLE["double"](4), TABLE["len"]("ab"), str(TABLE["dt"])
            return str(DT), str(DEV), found, KIND.name, called
        """,
    "defaults, keyword-only, star arguments": """
        BASE = 4
        def scale(x, by=BASE): return x * by

        def t(model, tokenizer, *more, k=scale(2), **rest):
            return more, k, rest, scale(1)
        """,
    "decorators with and without wraps": """
        import functools
        import torch
        def loud(times):
            def decorate(f):
                @functools.wraps(f)
                def inner(*a, **k): return [f(*a, **k)] * times
                return inner
            return decorate
        def bare(f):
            def inner(*a): return ("bare", f(*a))
            return inner
        @loud(2)
        def one(x): return x
        @bare
        def two(x): return x
        @functools.lru_cache(maxsize=None)
        def three(x): return x + 1

        @torch.no_grad()
        @loud(times=1)
        def t(model, tokenizer):
            return one(1), two(2), three(3), torch.is_grad_enabled()
        """,
    "decorator with state": """
        REGISTRY = {}
        def register(f):
            REGISTRY[f.__name__] = len(REGISTRY)
            return f

        @register
        def t(model, tokenizer):
            return "t" in REGISTRY
        """,
    "classes": """
        from dataclasses import dataclass, field
        import math
        UNIT = 2.0
        class Base:
            scale = UNIT
            def __init__(self): self._n = 0
            def up(self):
                self._n += 1
                return self
        class Derived(Base):
            def up(self):
                super().up()
                return helper(self)
            @staticmethod
            def s(): return UNIT
            @classmethod
            def c(cls): return cls.__name__
            @property
            def p(self): return math.floor(2.5)
        @dataclass
        class Point:
            x: int
            y: list[int] = field(default_factory=list)
            def size(self): return self.x + len(self.y)
        def helper(d): return d._n

        def t(model, tokenizer):
            d = Derived()
            return d.up(), d.s(), Derived.c(), d.p, Point(3, [1]).size(), Base.scale
        """,
    "named tuples and type variables": """
        from collections import namedtuple
        from typing import NamedTuple, TypeVar, Optional
        T = TypeVar("T")
        Pair = namedtuple("Pair", "a b")
        class Triple(NamedTuple):
            a: int
            b: Optional[int] = None
        def ident(x: T) -> T: return x

        def t(model, tokenizer):
            return ident(Pair(1, 2).b), Triple(5).b
        """,
    "names that are only local": """
        os = "a module constant that the function shadows"

        def t(model, tokenizer, time=1):
            import math as os
            open = 3
            def inner(tokenizer2, x=time):
                nonlocal open
                open += x
                return [re for re in range(2)], {sys: 1 for sys in "a"}
            try:
                raise ValueError
            except ValueError as socket:
                pass
            for struct in range(1): pass
            if (walrus := 4) > 3: pass
            return os.sqrt(4), inner(0), open, struct, walrus
        """,
    "annotations of modules that stay behind": """
        from __future__ import annotations
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from nowhere import Nothing

        def t(model: Nothing, tokenizer: "Other", x: int = 1) -> Nothing:
            y: Nothing = x
            return y
        """,
    "annotations evaluated at definition": """
        from http.client import HTTPConnection
        def t(model: HTTPConnection, tokenizer) -> "HTTPConnection":
            return 1
        """,
    "conditional imports": """
        try:
            from nowhere import fast as pick
        except ImportError:
            from math import ceil as pick

        def t(model, tokenizer):
            return pick(1.2)
        """,
    "global that the function writes": """
        TOTAL = 0

        def t(model, tokenizer):
            global TOTAL, FRESH
            TOTAL += 2
            FRESH = 3
            return TOTAL, FRESH
        """,
    "odd indentation and strings": '''
        if True:
            if True:
                def t(model, tokenizer):
                    """A docstring
        that ends at the left edge.
                    """
                    text = f"""
            {1 + 1}
          two"""
                    # a comment
                    return text, t.__doc__, (
        "x"
                    )
        ''',
    "lambda": """
        K = 3
        t = lambda model, tokenizer: K + 1
        """,
    "match and comprehensions": """
        LIMIT = 3
        class P:
            __match_args__ = ("x",)
            def __init__(self, x): self.x = x

        def t(model, tokenizer):
            match P(5):
                case P(x) if x > LIMIT: found = x
                case _: found = None
            return found, [i for i in range(LIMIT)], [*map(lambda v: v + LIMIT, [1])]
        """,
    "partial": """
        from functools import partial
        def add(a, b): return a + b
        inc = partial(add, 1)

        def t(model, tokenizer):
            return inc(2)
        """,
}


@pytest.mark.parametrize("name", ALIKE)
def test_captured_source_gives_the_same(name: str, project: Project) -> None:
    module = project.module("technique_file", ALIKE[name])
    expected = module.t(None, None)
    if name == "global that the function writes":
        module.TOTAL = 0  # type: ignore[attr-defined]
    assert run_captured(module.t) == expected


def test_source_does_not_depend_on_the_run(project: Project) -> None:
    module = project.module("technique_file", ALIKE["classes"])
    assert source_of(module.t) == source_of(module.t)


class TestLocalModules:
    def test_helpers_come_from_their_file(self, project: Project) -> None:
        project.module(
            "helpers",
            """
            import math as m
            from deeper import SCALE, _hidden as hid
            def f(x): return m.sqrt(x) * SCALE + hid()
            """
            if project.write("deeper", "SCALE = 3\ndef _hidden(): return 1\n") is None
            else "",
        )
        module = project.module(
            "technique_file",
            """
            from helpers import f as g, m
            def t(model, tokenizer): return g(4) + m.floor(1.5)
            """,
        )
        assert run_captured(module.t) == 8.0
        source = source_of(module.t)
        assert "g = f" in source
        assert "helpers" not in source

    def test_relative_and_star_imports(self, project: Project) -> None:
        project.write("pkg.__init__", "")
        project.write("pkg.util", "K = 2\ndef util(): return K\n")
        project.write("pkg.star", "def starred(): return 5\n")
        module = project.module(
            "pkg.tech",
            """
            from .util import util
            from .star import *
            def t(model, tokenizer): return util() + starred()
            """,
        )
        assert run_captured(module.t) == 7

    def test_local_module_that_is_handed_on_is_refused(self, project: Project) -> None:
        project.write("helpers", "def f(): return 1\n")
        module = project.module(
            "technique_file", "import helpers as h\ndef t(model, tokenizer):\n    return vars(h)\n"
        )
        with pytest.raises(SourceError, match=r"'h', used by t .*from helpers import \.\.\."):
            capture(module.t)

    def test_local_star_import_of_a_module_inside_the_body_is_refused(
        self, project: Project
    ) -> None:
        project.write("package.helpers", "def f(): return 1\n")
        module = project.module(
            "technique_file",
            "def t(model, tokenizer):\n    import package.helpers\n    return package.helpers\n",
        )
        with pytest.raises(SourceError, match=r"imports package.helpers inside its body.*top of"):
            capture(module.t)

    def test_two_things_of_one_name(self, project: Project) -> None:
        project.write("helpers", "K = 1\ndef f(): return K\n")
        module = project.module(
            "technique_file",
            "from helpers import f\nK = 2\ndef t(model, tokenizer):\n    return f() + K\n",
        )
        with pytest.raises(SourceError, match=r"two different things are called 'K'.*rename one"):
            capture(module.t)

    def test_the_same_thing_twice_is_no_clash(self, project: Project) -> None:
        project.write("helpers", "import math\nK = 1\ndef f(): return math.sqrt(K)\n")
        module = project.module(
            "technique_file",
            "import math\nfrom helpers import f, K\ndef t(model, tokenizer):\n    return f() + "
            "math.pi * K\n",
        )
        assert run_captured(module.t) == module.t(None, None)


class TestClosures:
    def test_plain_values_become_literals(self) -> None:
        words, k = ["a", "b"], 3

        def t(model: Any, tokenizer: Any) -> Any:
            return [w * k for w in words]

        assert run_captured(t) == ["aaa", "bbb"]
        assert "words = ['a', 'b']" in source_of(t)

    def test_arrays_and_tensors_travel_beside(self) -> None:
        vector, by_layer = np.arange(4.0), {3: torch.ones(2, dtype=torch.bfloat16)}

        def t(model: Any, tokenizer: Any, scale: float = 2.0) -> Any:
            return float(vector.sum()) * scale, by_layer[3].dtype, by_layer[3].sum().item()

        assert run_captured(t, 3.0) == (18.0, torch.bfloat16, 2.0)
        assert run_captured(t, scale=1.0)[0] == 6.0
        assert set(capture(t).bound) == {"vector", "by_layer"}

    def test_long_data_travels_beside(self) -> None:
        table = list(range(10_000))

        def t(model: Any, tokenizer: Any) -> Any:
            return sum(table)

        assert run_captured(t) == sum(table)
        assert len(source_of(t)) < 1000

    def test_local_helpers_and_classes(self) -> None:
        step = 2

        class Counter:
            def __init__(self) -> None:
                self.n = 0

            def up(self) -> Counter:
                self.n += step
                return self

        def helper(x: int) -> int:
            return x if x <= 0 else helper(x - 1) + step

        def t(model: Any, tokenizer: Any) -> Any:
            return Counter().up().n, helper(3)

        assert run_captured(t) == (2, 6)

    def test_tensor_needed_at_definition_is_refused(self) -> None:
        start = torch.zeros(1)

        def t(model: Any, tokenizer: Any, x: Any = start) -> Any:
            return x

        with pytest.raises(SourceError, match=r"'start' is needed while t .* use it inside"):
            capture(t)

    def test_variable_not_assigned_yet(self) -> None:
        def t(model: Any, tokenizer: Any) -> Any:
            return later

        with pytest.raises(SourceError, match=r"'later', used by t .*is not defined"):
            capture(t)
        later = 1
        assert run_captured(t) == later


class TestRefusals:
    """Each names the variable, the function and its place, and says what to do."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (torch.nn.Linear(1, 1), "first argument.*state_dict"),
            (__import__("threading").Lock(), "leave it out"),
            (object(), "create it inside the function, or pass"),
            ([object()], "create it inside the function, or pass"),
            ("".join, "create it inside"),
        ],
    )
    def test_values(self, value: Any, text: str) -> None:
        def t(model: Any, tokenizer: Any) -> Any:
            return value

        line = t.__code__.co_firstlineno
        with pytest.raises(SourceError, match=rf"'value' \(.*used by t \(.*:{line}\).*{text}"):
            capture(t)

    def test_open_file(self, project: Project) -> None:
        module = project.module(
            "technique_file", "F = open(__file__)\ndef t(model, tokenizer):\n    return F.read()\n"
        )
        with pytest.raises(SourceError, match=r"'F' .*TextIOWrapper.*read it first"):
            capture(module.t)

    def test_client(self) -> None:
        from cloche import InterpClient

        client = InterpClient(address="localhost:1")

        def t(model: Any, tokenizer: Any) -> Any:
            return client

        with pytest.raises(SourceError, match="cannot call a client"):
            capture(t)

    def test_undefined_name(self, project: Project) -> None:
        module = project.module(
            "technique_file", "def t(model, tokenizer):\n    return nmpy.sum(1)\n"
        )
        with pytest.raises(SourceError, match=r"'nmpy', used by t \(.*:1\), is not defined"):
            capture(module.t)

    def test_self_containing_list(self) -> None:
        loop: list[Any] = []
        loop.append(loop)

        def t(model: Any, tokenizer: Any) -> Any:
            return loop

        with pytest.raises(SourceError, match="'loop'"):
            capture(t)

    def test_subclass_of_dict_keeps_its_type(self) -> None:
        from collections import defaultdict

        counts = defaultdict(int, a=1)

        def t(model: Any, tokenizer: Any) -> Any:
            return counts["b"], counts["a"]

        assert run_captured(t) == (0, 1)

    def test_own_subclass_of_dict_is_refused(self) -> None:
        counts = type("Counts", (dict,), {})(a=1)

        def t(model: Any, tokenizer: Any) -> Any:
            return counts["a"]

        with pytest.raises(SourceError, match=r"'counts' \(a .*Counts\)"):
            capture(t)


class TestWhatIsNoTechnique:
    def test_method_of_a_class_inside_a_function(self) -> None:
        class A:
            def m(self, model: Any, tokenizer: Any) -> None: ...

        with pytest.raises(SourceError, match=r"is a method of class A.*outside the class"):
            capture(A.m)

    def test_coroutine(self) -> None:
        async def a(model: Any, tokenizer: Any) -> None: ...

        with pytest.raises(SourceError, match="use `def`"):
            capture(a)

    @pytest.mark.parametrize("value", [len, int, 3, None])
    def test_other_things(self, value: Any) -> None:
        with pytest.raises(SourceError, match="a technique is a function, source as str"):
            capture(value)

    def test_partial_of_what_is_no_python(self) -> None:
        import functools

        with pytest.raises(SourceError, match="a technique is a function"):
            capture(functools.partial(len, 1))

    def test_wrapped_by_hand(self) -> None:
        def t(model: Any, tokenizer: Any) -> int:
            return 1

        with pytest.raises(SourceError, match=r"wrapping would be lost.*with @"):
            capture(torch.no_grad()(t))

    def test_exec_without_source(self) -> None:
        namespace: dict[str, Any] = {}
        exec("def t(model, tokenizer):\n    return 1\n", namespace)
        with pytest.raises(SourceError, match=r"source of t is not available.*as a str"):
            capture(namespace["t"])

    def test_file_changed_since_import(self, project: Project) -> None:
        module = project.module("technique_file", "def t(model, tokenizer):\n    return 1\n")
        project.write("technique_file", "# moved\n\n\ndef t(model, tokenizer):\n    return 22\n")
        with pytest.raises(SourceError, match="changed after it was imported"):
            capture(module.t)


def test_origins_lead_back_to_the_file(project: Project) -> None:
    project.write("helpers", "# one\n# two\ndef f(x):\n    return 1 / x\n")
    module = project.module(
        "technique_file",
        """
        from helpers import f
        K = 0
        def outer():
            def t(model, tokenizer):
                return f(K)
            return t
        """,
    )
    captured = capture(module.outer())
    lines = captured.source.splitlines()
    assert len(lines) == len(captured.origins)
    places = {
        text.strip(): (origin.file.rpartition("/")[2], origin.line, origin.shift)
        for text, origin in zip(lines, captured.origins, strict=True)
        if origin is not None
    }
    assert places["return 1 / x"] == ("helpers.py", 4, 0)
    assert places["return f(K)"] == ("technique_file.py", 5, 4)
    assert places["K = 0"] == ("technique_file.py", 2, 0)
