"""Statements as a session runs them: every line stays where it was typed."""

from __future__ import annotations

import ast

import pytest
from cloche.client import cells


def run(cell: str, *, as_text: bool = False) -> tuple[object, dict[str, object]]:
    """Its value, and what it bound."""
    namespace: dict[str, object] = {}
    exec(cells.technique(cell, as_text=as_text), namespace)
    function = namespace.pop(cells.ENTRY)
    assert callable(function)
    return function(None, None), namespace


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1 + 1", 2),
        ("x = 2\nx * 3\n", 6),
        ("x = 2\n", None),
        ("'é' + (\n    'b'\n) ; 'ü' 'x'", "üx"),
        ("[i for i in\n range(3)]", [0, 1, 2]),
        ("", None),
        ("# nothing", None),
        ("x = 1; x, 2  # both", (1, 2)),
    ],
)
def test_the_last_expression_is_the_value(cell: str, value: object) -> None:
    assert run(cell)[0] == value


def test_what_is_bound_stays() -> None:
    _, bound = run("import math\ndef f():\n    return 1\nclass A:\n    pass\nx = 3\nx")
    assert {"math", "f", "A", "x", "_"} <= set(bound)
    assert bound["_"] == 3


def test_as_text() -> None:
    assert run("'a'", as_text=True)[0] == "'a'"
    assert run("None", as_text=True)[0] is None


def test_lines_stay() -> None:
    source = cells.technique("a = 1\n\n\na + \\\n  2\n", as_text=False)
    assert ast.parse(source).body[1].lineno == 4


def test_what_is_no_python_is_said_here() -> None:
    with pytest.raises(SyntaxError):
        cells.technique("1 +", as_text=False)
