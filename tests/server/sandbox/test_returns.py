"""Where a technique's result was returned, as its text says."""

from __future__ import annotations

import pytest
from cloche_server.sandbox.returns import only_line


@pytest.mark.parametrize(
    ("source", "name", "line"),
    [
        ("def f(model, tokenizer):\n    x = 1\n    return x", "", 3),
        ("def f(model, tokenizer):\n    return (\n        1\n    )", "f", 3),
        ("def f(model, tokenizer):\n    if model: return 1\n    return 2", "", 0),
        ("def f(model, tokenizer):\n    print(1)", "", 0),
        ("def f(model, tokenizer):\n    yield 1\n    return 2", "", 0),
        # A function within is no return of its own.
        ("def f(model, tokenizer):\n    def g():\n        return 1\n    return g", "", 4),
        # A helper's result, handed on: where the helper returned it.
        ("def g(x):\n    return [x]\ndef f(model, tokenizer):\n    return g(1)", "f", 2),
        ("def g(x):\n    return list(x)\ndef f(model, tokenizer):\n    return g(1)", "f", 2),
        ("def g(x):\n    if x: return 1\n    return 2\ndef f(model, t): return g(1)", "f", 0),
        ("def f(model, tokenizer):\n    return f(model, tokenizer)", "f", 2),
        ("def a(x): return 1\ndef b(x): return 2", "", 0),
        ("f = lambda model, tokenizer: 1", "f", 0),
    ],
)
def test_the_line_of_a_return(source: str, name: str, line: int) -> None:
    assert only_line(source, name) == line
