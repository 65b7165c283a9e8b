"""Which names a snippet takes from outside, and when."""

from __future__ import annotations

import pytest
from cloche.source.scope import attribute_chains, names_used


@pytest.mark.parametrize(
    ("text", "now", "later"),
    [
        ("def f(x): return x + y", set(), {"y"}),
        ("@deco(arg)\ndef f(x=default): return 1", {"deco", "arg", "default"}, set()),
        ("class A(B, metaclass=M):\n    k = K\n    def m(self): return L", {"B", "M", "K"}, {"L"}),
        ("def f():\n    def g(): return z\n    return g", set(), {"z"}),
        ("def f(n): return f(n - 1)", set(), {"f"}),
        ("f = lambda x, y=d: x + k", {"d"}, {"k"}),
        ("T = [g(i) for i in items if i]", {"g", "items"}, set()),
        ("def f(): return [i for i in items]", set(), {"items"}),
        ("def f():\n    x: Foo = 1\n    y: Foo\n    y = x\n    return y", set(), set()),
        ("def f(a: Foo, *b: Bar, c: Baz = 1, **d: Qux) -> Quux: return 1", set(), set()),
        ("class A:\n    x: Foo = 1", {"Foo"}, set()),
        ("def f():\n    import os\n    return os", set(), set()),
        ("def f():\n    for a in b: pass\n    with c as d: return a, d", set(), {"b", "c"}),
        ("def f():\n    match v:\n        case {'k': w, **rest}: return w, rest", set(), {"v"}),
    ],
)  # fmt: skip
def test_names(text: str, now: set[str], later: set[str]) -> None:
    used = names_used(text)
    assert (used.now, used.later) == (now, later)


def test_annotation_names_are_kept_apart() -> None:
    used = names_used("def f(a: Foo, b: x.Bar = 1) -> 'Text': return 1")
    assert used.annotations == {"Foo", "x"}


def test_written_globals() -> None:
    used = names_used("def f():\n    global G\n    G += 1")
    assert used.written == {"G"}


def test_attribute_chains() -> None:
    text = "def f(): return a.b.c(x) + a.d + b.a.q"
    assert attribute_chains(text, "a") == {"a.b", "a.b.c", "a.d"}
