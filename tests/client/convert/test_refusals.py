"""What cannot be converted is said, all of it, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from cloche import ConversionError, SourceError, convert_technique_to_standalone

from tests.client.convert.support import lines_of, source_of


def refused(text: str) -> ConversionError:
    with pytest.raises(ConversionError) as caught:
        convert_technique_to_standalone(source_of(text))
    return caught.value


def test_every_problem_at_once() -> None:
    error = refused("""
        def f(self, x):
            self.cache = {}
            y = self.z
            use(self)
            return y, self.model
        """)
    assert lines_of(error.problems) == [(2, 5, "state"), (3, 9, "state"), (4, 9, "self")]
    assert str(error) == "\n".join(map(str, error.problems))
    assert str(error).splitlines()[1] == (
        "line 3, col 9: nothing in this source says what self.z is; "
        "take z as an argument, or convert the class that it comes from"
    )


def test_modal_inside_a_method() -> None:
    error = refused("""
        import modal
        volume = modal.Volume.from_name("v")
        app = modal.App("a")
        @app.function()
        def g(x): return x
        class B:
            name: str = modal.parameter()
            @modal.method()
            def f(self, x):
                volume.commit()
                return self.f.map(x), self.name
            @modal.asgi_app()
            def web(self): return self.model
        b = B()
        """)
    assert lines_of(error.problems) == [
        (7, 17, "modal"), (7, 17, "modal"), (10, 9, "modal"), (11, 16, "modal"),
        (12, 6, "decorator"), (14, 5, "class"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class B:\n    async def f(self, x): return self.model", [(2, 5, "async")]),
        ("async def f(self, x): return self.model", [(1, 1, "async")]),
        ("def f(self): return [self for _ in self.model]", [(1, 22, "self")]),
        ("def f(self): self.n += 1", [(1, 14, "state")]),
        ("def f(self): return getattr(self, 'model')", [(1, 29, "self")]),
        ("def f(self): return self.__dict__", [(1, 21, "state")]),
        ("é = 1; x = 'ü'\ndef f(self): return é, self.y", [(2, 24, "state")]),
        (
            (
                "class B:\n    def __init__(self, layer): self.layer = layer\n"
                "    def f(self): return self.model"
            ),
            [(2, 24, "init")],
        ),
        ("class B:\n    def _f(self): return self.model", [(1, 7, "nothing")]),
        (
            (
                "class B:\n    def f(self): return self.model\n"
                "class C:\n    def f(self): return self.model"
            ),
            [(4, 9, "name")],
        ),
        ("def g(): pass\nclass B:\n    def g(self): return self.model", [(3, 9, "name")]),
        (
            (
                "import modal\nclass B:\n    @modal.method()\n    def f(self): return 1\n"
                "def main(): return B().f()"
            ),
            [(5, 20, "class")],
        ),
    ],
)
def test_single(source: str, expected: list[tuple[int, int, str]]) -> None:
    assert lines_of(refused(source).problems) == expected


def test_places_in_an_indented_method() -> None:
    error = refused("x").problems  # nothing to convert has no place
    assert lines_of(error) == [(0, 0, "nothing")]
    with pytest.raises(ConversionError) as caught:
        convert_technique_to_standalone("    def f(self, x):\n        return self.state\n")
    assert lines_of(caught.value.problems) == [(2, 16, "state")]


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("def f(:\n", (1, 7), "invalid syntax"),
        ("    def f(self:\n", (1, 10), "never closed"),
        ("def f(self): return '\0'", (0, 0), "null bytes"),
        ("def f(self): return '\ud800'", (0, 0), "surrogates"),
    ],
)
def test_not_python(source: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(ConversionError, match=message) as caught:
        convert_technique_to_standalone(source)
    (item,) = caught.value.problems
    assert (item.line, item.column) == place


def test_too_deep() -> None:
    source = f"x = {'+'.join(['1'] * 5000)}\ndef f(self): return self.model\n"
    with pytest.raises(SourceError, match="nested too deep"):
        convert_technique_to_standalone(source)


def test_what_is_no_text() -> None:
    with pytest.raises(SourceError, match=r"takes source as str, got PosixPath.*read_text"):
        convert_technique_to_standalone(Path("x.py"))  # type: ignore[arg-type]
