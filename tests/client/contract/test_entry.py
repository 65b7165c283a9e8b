"""Which of a source's functions is the technique."""

from __future__ import annotations

import pytest
from cloche.contract.entry import entry_of


@pytest.mark.parametrize(
    ("source", "stem", "found"),
    [
        ("def f(a, b): ...", "", "f"),
        ("def f(model, tokenizer): ...\ndef helper(x): ...", "", "f"),
        ("def helper(x): ...\ndef f(model, tokenizer, text, *, k=1): ...", "", "f"),
        ("def f(model, tokenizer, /): ...\ndef g(tokenizer, model): ...", "", "f"),
        # The one that takes the model, also where another is named like the file.
        ("def lens(x): ...\ndef f(model, tokenizer): ...", "lens", "f"),
        ("def lens(model, tokenizer): ...\ndef f(model, tokenizer): ...", "lens", "lens"),
        ("def lens(x): ...\ndef f(y): ...", "lens", "lens"),
        ("def f(model, tokenizer): ...\ndef g(model, tokenizer): ...", "", ""),
        ("def f(x): ...\ndef g(y): ...", "", ""),
        ("def _f(model, tokenizer): ...\ndef g(x): ...\ndef h(x): ...", "", ""),
        ("def _f(model, tokenizer): ...\ndef g(x): ...", "", "g"),
        ("class A:\n    def f(self, model, tokenizer): ...\ndef g(x): ...", "", "g"),
        ("def f(model, tokenizer): return 1\ndef f(model, tokenizer): return 2", "", "f"),
        ("x = 1", "", ""),
    ],
)
def test_the_technique_is(source: str, stem: str, found: str) -> None:
    assert entry_of(source, stem=stem) == found


def test_what_is_no_python_is_said() -> None:
    with pytest.raises(SyntaxError):
        entry_of("def f(:")
