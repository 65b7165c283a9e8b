"""Ordinary Python around a technique: what it refers to goes along as it is used."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import math
import operator
import types
import typing
from typing import TYPE_CHECKING, Any

import einops
import numpy as np
import pytest
import torch
from cloche.contract.errors import SourceError
from cloche.source import capture

from tests.client.source.support import run_captured, source_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.source.support import Project


class TestPublicNames:
    """What a library keeps in a private place is imported from where it hands it out."""

    @pytest.mark.parametrize(
        ("value", "line"),
        [
            (torch.nn.Linear, "from torch.nn import Linear as it"),
            (torch.nn.functional.gelu, "from torch.nn.functional import gelu as it"),
            (torch.nn.functional.softmax, "from torch.nn.functional import softmax as it"),
            (torch.optim.AdamW, "from torch.optim import AdamW as it"),
            (torch.optim.lr_scheduler.StepLR, "from torch.optim.lr_scheduler import StepLR as it"),
            (torch.linalg.svd, "from torch.linalg import svd as it"),
            (torch.fft.rfft, "from torch.fft import rfft as it"),
            (torch.special.erf, "from torch.special import erf as it"),
            (torch.norm, "from torch import norm as it"),
            (torch.relu, "from torch import relu as it"),
            (torch.nn.utils.clip_grad_norm_, "from torch.nn.utils import clip_grad_norm_ as it"),
            (torch.nn.Parameter, "from torch.nn import Parameter as it"),
            (einops.rearrange, "from einops import rearrange as it"),
            (np.exp, "from numpy import exp as it"),
            (np.linalg.norm, "from numpy.linalg import norm as it"),
            (np.random.rand, "from numpy.random import rand as it"),
            (np.random.default_rng, "from numpy.random import default_rng as it"),
            (np.mean, "from numpy import mean as it"),
            (math.sqrt, "from math import sqrt as it"),
            (collections.Counter, "from collections import Counter as it"),
        ],
        ids=lambda value: value.split()[1] if isinstance(value, str) else value.__name__,
    )
    def test_of(self, value: Any, line: str) -> None:
        it = value

        def t(model: Any, tokenizer: Any) -> Any:
            return it

        assert f"{line}\n" in source_of(t)
        assert run_captured(t) is value

    def test_of_transformers(self) -> None:
        import transformers

        Cache = transformers.DynamicCache
        processor = transformers.LogitsProcessor

        def t(model: Any, tokenizer: Any) -> Any:
            return Cache, processor

        source = source_of(t)
        assert "from transformers import DynamicCache as Cache" in source
        assert "from transformers import LogitsProcessor as processor" in source

    def test_inside_values(self) -> None:
        kinds = (torch.nn.Linear, torch.nn.Embedding)
        table = {"relu": torch.relu, "gelu": torch.nn.functional.gelu, "nn": torch.nn.functional}
        norm = functools.partial(torch.norm, dim=0)
        methods = [str.upper, torch.Tensor.exp, dict.get]

        def t(model: Any, tokenizer: Any) -> Any:
            return kinds, table, norm(torch.ones(4, 1)).item(), methods

        assert run_captured(t) == (kinds, table, 2.0, methods)

    def test_two_of_one_name(self) -> None:
        acts = {"one": torch.relu, "two": torch.nn.functional.relu}

        def relu(x: int) -> int:
            return -x

        def t(model: Any, tokenizer: Any) -> Any:
            return acts["one"], acts["two"], relu(1)

        assert run_captured(t) == (torch.relu, torch.nn.functional.relu, -1)

    def test_bound_methods_of_values(self) -> None:
        key = operator.itemgetter(1)

        def t(model: Any, tokenizer: Any) -> Any:
            return sorted([(1, 3), (2, 2)], key=key)

        assert run_captured(t) == [(2, 2), (1, 3)]


class TestLambdas:
    def test_alone_in_a_call(self) -> None:
        assert run_captured(lambda model, tokenizer: 5) == 5
        assert (
            run_captured(
                lambda model, tokenizer, x: (
                    x
                    + 1
                ),
                2,
            )
            == 3
        )  # fmt: skip

    def test_the_right_one_of_a_line(self) -> None:
        pair = (lambda model, tokenizer: 1), (lambda model, tokenizer: 2)
        assert [run_captured(each) for each in pair] == [1, 2]

    def test_one_inside_another(self) -> None:
        outer = lambda model, tokenizer: lambda model, tokenizer: 7  # noqa: E731
        assert run_captured(outer)(None, None) == 7
        assert run_captured(outer(None, None)) == 7

    def test_what_they_use_goes_along(self) -> None:
        scale = 3

        def helper(x: int) -> int:
            return x * scale

        assert run_captured(lambda model, tokenizer, x: helper(x), 2) == 6
        table = {"double": lambda x: 2 * x, "scale": lambda x: scale * x}

        def t(model: Any, tokenizer: Any) -> Any:
            return {name: call(5) for name, call in table.items()}

        assert run_captured(t) == {"double": 10, "scale": 15}

    def test_places(self) -> None:
        captured = capture(lambda model, tokenizer: 1 / 0)
        line = next(i for i, text in enumerate(captured.source.splitlines()) if "1 / 0" in text)
        origin = captured.origins[line]
        assert origin is not None
        column = captured.source.splitlines()[line].index("1 / 0") + origin.shift
        assert origin.text[column:].startswith("1 / 0")


def scaled(model: Any, tokenizer: Any, factor: float, x: float = 1.0) -> float:
    return factor * x


class Probe:
    """Settings and techniques in one."""

    bias = 10

    def __init__(self, layer: int) -> None:
        self.layer = layer
        self.seen: list[int] = []

    def run(self, model: Any, tokenizer: Any, x: int) -> int:
        return self.layer * x + self.bias + len(self.seen)

    @staticmethod
    def static(model: Any, tokenizer: Any, x: int) -> int:
        return x + 1

    @classmethod
    def of_class(cls, model: Any, tokenizer: Any, x: int) -> int:
        return cls.bias + x

    def plain(model: Any, tokenizer: Any) -> int:
        return 3


class Callable_:
    def __init__(self) -> None:
        self.n = 4

    def __call__(self, model: Any, tokenizer: Any) -> int:
        return self.n


probe = Probe(2)
called = Callable_()


class TestWhatElseCanBeATechnique:
    def test_partial(self) -> None:
        assert run_captured(functools.partial(scaled, factor=3), x=2) == 6
        offset = 2
        assert run_captured(functools.partial(lambda model, tokenizer, x: x + offset, x=1)) == 3
        weights = torch.ones(3)
        assert run_captured(functools.partial(scaled, factor=weights), x=2).tolist() == [2, 2, 2]

    def test_static_and_class_methods(self) -> None:
        assert run_captured(Probe.static, 2) == 3
        assert run_captured(Probe.of_class, 2) == 12
        assert run_captured(Probe.plain) == 3

    def test_method_of_an_object(self) -> None:
        assert run_captured(probe.run, 5) == 20
        assert run_captured(Probe(7).static, 5) == 6

    def test_method_of_an_object_as_it_is_now(self) -> None:
        try:
            probe.layer, probe.seen = 100, [1, 2]
            assert run_captured(probe.run, 5) == 512
        finally:
            probe.layer, probe.seen = 2, []

    def test_object_that_is_called(self) -> None:
        assert run_captured(called) == 4

    def test_object_that_holds_what_no_source_can_say(self) -> None:
        holder = Probe(2)
        holder.seen = object()  # type: ignore[assignment]
        with pytest.raises(SourceError, match=r"pass what it needs as arguments"):
            capture(holder.run)

    def test_generator(self) -> None:
        def t(model: Any, tokenizer: Any) -> Any:
            yield 1
            yield 2

        assert list(run_captured(t)) == [1, 2]


@dataclasses.dataclass
class Settings:
    rate: float
    layers: tuple[int, ...] = (1, 2)


@dataclasses.dataclass
class Checked:
    n: int

    def __post_init__(self) -> None:
        self.n += 1


class Pair(typing.NamedTuple):
    left: int
    right: str = "r"


class Mode(enum.Enum):
    FAST = 1


SETTINGS = Settings(0.5)
CHECKED = Checked(1)
loss = torch.nn.MSELoss()

SMALL: dict[str, Any] = {
    "dataclass": Settings(0.1, (3,)),
    "named tuple": Pair(1),
    "nested": {"a": [Settings(0.2), Pair(2, "x")]},
    "namespace": types.SimpleNamespace(a=1, b=[2]),
    "mapping proxy": types.MappingProxyType({"a": 1}),
    "counter": collections.Counter("aab"),
    "ordered dict": collections.OrderedDict(b=1, a=2),
    "default dict": collections.defaultdict(list, a=[1]),
    "deque": collections.deque([1, 2], maxlen=3),
    "date": datetime.date(2026, 1, 2),
    "datetime": datetime.datetime(2026, 1, 2, 3, 4, 5),
    "datetime in UTC": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    "timedelta": datetime.timedelta(days=1, seconds=2),
    "decimal": decimal.Decimal("1.10"),
    "fraction": fractions.Fraction(1, 3),
    "size": torch.Size([1, 2]),
    "dtype": torch.float32,
    "numpy dtype": np.dtype("float32"),
    "slice": slice(1, None),
    "range": range(3),
    "enum": Mode.FAST,
}


class TestSmallObjects:
    @pytest.mark.parametrize("name", SMALL)
    def test_of_python_and_libraries(self, name: str) -> None:
        value = SMALL[name]

        def t(model: Any, tokenizer: Any) -> Any:
            return value

        found = run_captured(t)
        # Its class is another by now: the sent one.
        assert repr(found) == repr(value)
        assert type(found).__name__ == type(value).__name__

    def test_dataclass_that_computes_is_made_again_and_set(self) -> None:
        def t(model: Any, tokenizer: Any) -> Any:
            return CHECKED.n, SETTINGS.rate

        assert run_captured(t) == (2, 0.5)

    def test_object_of_a_plain_class(self) -> None:
        def t(model: Any, tokenizer: Any) -> Any:
            return probe.run(model, tokenizer, 1)

        assert run_captured(t) == 12

    def test_loss_without_state(self) -> None:
        def t(model: Any, tokenizer: Any) -> Any:
            return loss(torch.ones(1), torch.zeros(1)).item()

        assert run_captured(t) == 1.0

    def test_logger(self, project: Project) -> None:
        module = project.module(
            "logs",
            """
            import logging
            logger = logging.getLogger(__name__)
            def t(model, tokenizer):
                return logger.name
            """,
        )
        assert run_captured(module.t) == "logs"


class TestHelpersThroughTheirModule:
    HELPERS = """
        import math
        FACTOR = 2
        class Box:
            def get(self):
                return FACTOR
        def scale(x):
            return FACTOR * x
        def root(x):
            return math.sqrt(scale(x))
        """

    def test_by_the_modules_name(self, project: Project) -> None:
        project.module("helpers_a", self.HELPERS)
        module = project.module(
            "uses_a",
            """
            import helpers_a
            import helpers_a as h
            def other(x):
                return h.FACTOR + x
            def t(model, tokenizer):
                return helpers_a.scale(2), helpers_a.root(8), other(1), helpers_a.Box().get()
            """,
        )
        assert run_captured(module.t) == (4, 4.0, 3, 2)

    def test_inside_the_body(self, project: Project) -> None:
        project.module("helpers_b", self.HELPERS)
        module = project.module(
            "uses_b",
            """
            def t(model, tokenizer):
                import math
                from helpers_b import scale as inner, FACTOR
                import helpers_b, os.path
                import helpers_b as hb
                from helpers_b import (
                    root,
                    Box,
                )
                found = root(2), Box().get(), math.pi > 3
                return inner(2) + FACTOR, helpers_b.scale(1), hb.FACTOR, *found
            """,
        )
        assert run_captured(module.t) == (6, 2, 2, 2.0, 2, True)
        assert "import helpers_b" not in capture(module.t).source

    def test_lines_stay_where_they_were(self, project: Project) -> None:
        project.module("helpers_c", self.HELPERS)
        module = project.module(
            "uses_c",
            """
            def t(model, tokenizer):
                from helpers_c import (
                    scale,
                )
                return scale(1) / 0
            """,
        )
        captured = capture(module.t)
        found = captured.source.splitlines()
        at = next(i for i, text in enumerate(found) if "/ 0" in text)
        origin = captured.origins[at]
        assert origin is not None
        assert origin.line == 5

    def test_of_a_package_of_ones_own(self, project: Project) -> None:
        project.write("own_package.__init__", "")
        project.write("own_package.tools", "def twice(x):\n    return 2 * x\n")
        module = project.module(
            "uses_package",
            """
            from own_package import tools
            def t(model, tokenizer):
                return tools.twice(4)
            """,
        )
        assert run_captured(module.t) == 8

    def test_a_name_that_the_module_lacks(self, project: Project) -> None:
        project.module("helpers_d", self.HELPERS)
        module = project.module(
            "uses_d", "import helpers_d\ndef t(model, tokenizer):\n    return helpers_d.scal(2)\n"
        )
        with pytest.raises(SourceError, match=r"helpers_d\.scal, used by t"):
            capture(module.t)

    def test_a_small_installed_library_goes_along(
        self, tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        installed = tmp_path / "site-packages"
        installed.mkdir()
        (installed / "purelib_a.py").write_text("K = 2\ndef twice(x):\n    return K * x\n")
        monkeypatch.syspath_prepend(installed)
        module = project.module(
            "uses_library",
            "from purelib_a import twice\ndef t(model, tokenizer):\n    return twice(2)\n",
        )
        assert run_captured(module.t) == 4

    def test_a_library_that_cannot_go_along_stays_an_import(
        self, tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        installed = tmp_path / "site-packages"
        installed.mkdir()
        text = "import threading\nL = threading.Lock()\ndef f(x):\n    with L:\n        return x\n"
        (installed / "purelib_b.py").write_text(text)
        monkeypatch.syspath_prepend(installed)
        module = project.module(
            "uses_locks", "from purelib_b import f\ndef t(model, tokenizer):\n    return f(2)\n"
        )
        assert source_of(module.t).startswith("from purelib_b import f\n")


class TestNames:
    def test_a_function_called_top(self, project: Project) -> None:
        module = project.module(
            "tops",
            """
            def top(model, tokenizer, k=2):
                found = [k]
                for item in found:
                    k = item
                return k
            def t(model, tokenizer):
                def top(x):
                    y = x
                    return y
                return top(3)
            """,
        )
        assert run_captured(module.top) == 2
        assert run_captured(module.t) == 3

    def test_class_bodies_that_read_a_global_of_their_own_name(self, project: Project) -> None:
        module = project.module(
            "bodies",
            """
            size = 4
            def scale(x):
                return 2 * x
            class Box:
                size = size
                scale = staticmethod(scale)
                double = size * 2
            def t(model, tokenizer):
                class Inner:
                    size = size + 1
                return Box.size, Box.scale(3), Box.double, Inner.size
            """,
        )
        assert run_captured(module.t) == (4, 6, 8, 5)

    def test_what_is_unbound_here_may_stay_unbound_there(self, project: Project) -> None:
        module = project.module(
            "optional",
            """
            try:
                import package_nobody_has as extra
                HAVE = True
            except ImportError:
                HAVE = False
            def t(model, tokenizer, debug=False):
                if HAVE and isinstance(model, extra.Model):
                    return 2
                if debug:
                    pdb.set_trace()
                return [nothing for _ in []] or 1
            """,
        )
        assert run_captured(module.t) == 1
        with pytest.raises(NameError):
            run_captured(module.t, debug=True)

    @pytest.mark.parametrize(
        "body",
        [
            "return nmpy.sum(1)",
            "x = 1\n    y = nmpy\n    return x",
            "for i in nmpy: pass",
            "with nmpy: pass",
            "if nmpy: pass",
            "return [x for x in nmpy]",
            "if x0: y = 2\n    return nmpy",
        ],
    )
    def test_what_is_sure_to_be_read_is_said_at_once(self, project: Project, body: str) -> None:
        module = project.module(
            "undefined", f"x0 = 1\nnumpy_ = 1\ndef t(model, tokenizer):\n    {body}\n"
        )
        with pytest.raises(SourceError, match=r"'nmpy', used by t .*is not defined.*numpy_"):
            capture(module.t)


class TestLostChanges:
    @pytest.mark.parametrize(
        ("before", "line", "said"),
        [
            ("rows = []", "rows.append(1)", r"t \(.*lost.py:3\) changes 'rows', a list"),
            ("rows = [1]", "rows.extend([1])", "rows.extend"),
            ("rows = []", "rows.insert(0, 1)", "rows.insert"),
            ("rows = {}", "rows['a'] = 1", r"a dict outside of it \(rows\[\.\.\.\] =\)"),
            ("rows = {}", "rows.update(a=1)", "make the dict inside the function and return it"),
            ("rows = set()", "rows.add(1)", "a set"),
            ("import collections; rows = collections.deque()", "rows.append(1)", "a deque"),
            ("rows = []", "for i in range(2):\n        rows.append(i)", "rows.append"),
            ("rows = []", "def hook(x):\n        rows.append(x)\n    hook(1)", "rows.append"),
        ],
    )
    def test_are_said_at_once(self, project: Project, before: str, line: str, said: str) -> None:
        module = project.module(
            "lost", f"{before}\ndef t(model, tokenizer):\n    {line}\n    return None\n"
        )
        with pytest.raises(SourceError, match=said):
            capture(module.t)

    def test_of_a_helper_and_of_a_closure(self, project: Project) -> None:
        module = project.module(
            "lost_helper",
            """
            seen = []
            def note(x):
                seen.append(x)
            def t(model, tokenizer):
                note(1)
            """,
        )
        with pytest.raises(SourceError, match=r"note \(.*lost_helper.py:3\) changes 'seen'"):
            capture(module.t)
        rows: list[int] = []

        def t(model: Any, tokenizer: Any) -> None:
            rows.append(1)

        with pytest.raises(SourceError, match="'rows'"):
            capture(t)

    def test_a_memory_within_the_call_and_own_lists_are_none(self, project: Project) -> None:
        module = project.module(
            "kept",
            """
            CACHE = {}
            def fib(n):
                if n not in CACHE:
                    CACHE[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
                return CACHE[n]
            def t(model, tokenizer):
                rows = []
                rows.append(fib(10))
                return rows
            """,
        )
        assert run_captured(module.t) == [55]
