"""Functions from a real IPython shell, defined over several cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cloche import InterpClient, PolicyError, SourceError
from cloche.contract.status import Reason
from cloche.source import capture
from cloche.v1 import execution_pb2 as pb

from tests.client.source.support import run_captured
from tests.client.support.fake_server import FakeService, refusing

if TYPE_CHECKING:
    from collections.abc import Iterator

shells = pytest.importorskip("IPython.core.interactiveshell")


@pytest.fixture
def shell() -> Iterator[Any]:
    made = shells.InteractiveShell.instance()
    yield made
    made.reset(new_session=False)
    shells.InteractiveShell.clear_instance()


def _cells(shell: Any, *cells: str) -> dict[str, Any]:
    for cell in cells:
        outcome = shell.run_cell(cell, store_history=True)
        outcome.raise_error()
    namespace: dict[str, Any] = shell.user_ns
    return namespace


def test_helpers_and_imports_from_other_cells(shell: Any) -> None:
    namespace = _cells(
        shell,
        "import math as m\nimport numpy as np\nfrom functools import reduce as fold",
        "SCALE = 2\nv = np.arange(3)",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n",
        "def helper(x):\n    return m.sqrt(x) * SCALE",
        "def t(model, tokenizer, k=1):\n"
        "    return helper(4) + fold(lambda a, b: a + b, v.tolist()) + P(k).x",
    )
    assert run_captured(namespace["t"]) == namespace["t"](None, None) == 8.0


def test_a_cell_run_again_counts(shell: Any) -> None:
    namespace = _cells(
        shell,
        "def helper(): return 1",
        "def t(model, tokenizer): return helper()",
        "def helper(): return 2",
        "@dict.fromkeys\ndef odd(): return 1" if False else "class A:\n    n = 1",
        "class A:\n    n = 7",
        "def u(model, tokenizer): return A.n",
    )
    assert run_captured(namespace["t"]) == 2
    assert run_captured(namespace["u"]) == 7


def test_magics_in_the_cell(shell: Any) -> None:
    namespace = _cells(shell, "%precision 3\ndef t(model, tokenizer):\n    return 5\n")
    assert run_captured(namespace["t"]) == 5


def test_closure_in_a_cell(shell: Any) -> None:
    namespace = _cells(
        shell,
        "def make(n):\n    def t(model, tokenizer):\n        return n\n    return t\nt = make(4)",
    )
    assert run_captured(namespace["t"]) == 4


def test_refusals_name_the_cell(shell: Any) -> None:
    namespace = _cells(
        shell,
        "import threading\nlock = threading.Lock()",
        "def t(model, tokenizer):\n    lock.acquire()",
    )
    with pytest.raises(SourceError, match=r"'lock' .* used by t \(.*In\[\d+\].*:1\)"):
        capture(namespace["t"])


def test_policy_errors_speak_of_the_cell(
    shell: Any, service: FakeService, client: InterpClient
) -> None:
    namespace = _cells(shell, "x = 1\n\ndef t(model, tokenizer):\n    return open")
    item = pb.Diagnostic(code="c", message="no", line=2, column=12, end_line=2, end_column=16)
    service.handler = refusing(Reason.POLICY, diagnostics=pb.Diagnostics(items=[item]))
    with pytest.raises(
        PolicyError, match=r"In\[\d+\]:4:12: no\n    return open\n           \^\^\^\^"
    ):
        client.run(namespace["t"])


def test_values_and_types_bound_again_in_a_later_cell(shell: Any) -> None:
    namespace = _cells(
        shell,
        "from collections import namedtuple\nfrom functools import partial",
        "Pt = namedtuple('Pt', 'a b')\ndef f(x, y=1): return x + y\nP = partial(f, y=2)",
        "def t(model, tokenizer): return tuple(Pt(1, 2, 3)), P(1)",
        "Pt = namedtuple('Pt', 'a b c')",
        "P = partial(f, y=50)",
    )
    assert run_captured(namespace["t"]) == namespace["t"](None, None) == ((1, 2, 3), 51)


def test_a_class_defined_again_as_it_was_before(shell: Any) -> None:
    first, other = "class A:\n    k = 1", "class A:\n    k = 2"
    namespace = _cells(shell, first, other, first, "def t(model, tokenizer): return A.k")
    assert run_captured(namespace["t"]) == 1


def test_cells_are_compiled_statement_by_statement(shell: Any) -> None:
    namespace = _cells(
        shell,
        "from __future__ import annotations",
        "import numpy as np\ndef t(model: Nobody, tokenizer): return int(np.zeros(1)[0])",
    )
    assert run_captured(namespace["t"]) == 0


def test_a_decorated_name_bound_to_something_else_later(shell: Any) -> None:
    namespace = _cells(
        shell,
        "from dataclasses import dataclass\ndef twice(f): return lambda: 2 * f()",
        "@dataclass\nclass R:\n    x: int = 1\n@twice\ndef s(): return 1",
        "R, S = 5, 6\ns = 7\nR = 8",
        "def t(model, tokenizer): return R, s",
    )
    assert run_captured(namespace["t"]) == (8, 7)
