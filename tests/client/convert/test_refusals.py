"""What cannot be converted is said, all of it, with its place."""

from __future__ import annotations

import subprocess
import sys
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
        class B:
            def f(self, x):
                self.cache = {}
                y = self.z
                use(self)
                return super().f(x), self.model
        """)
    assert lines_of(error.problems) == [
        (3, 9, "state"), (4, 13, "state"), (5, 13, "self"), (6, 16, "super"),
    ]  # fmt: skip
    assert str(error) == "\n".join(map(str, error.problems))
    assert str(error).splitlines()[1] == (
        "line 4, col 13: nothing in this source says what self.z is; take z as an argument"
    )


def test_what_loading_does_beyond_loading() -> None:
    error = refused("""
        class B:
            def load(self):
                self.model = AutoModel.from_pretrained("x").to("cuda")
                self.model.eval()
                self.tokenizer.pad_token = self.tokenizer.eos_token
                self.cache = {}
                self.model.requires_grad_(False)
            def f(self, x):
                if self.model is None:
                    self.load()
                self.model = x
                return self.cache
        """)
    assert lines_of(error.problems) == [
        (5, 9, "state"), (7, 9, "state"), (10, 13, "state"), (11, 9, "state"), (12, 16, "state"),
    ]  # fmt: skip
    assert "made by load (line 2), which does not run in a call" in error.problems[-1].message


def test_modal_inside_a_method() -> None:
    error = refused("""
        import modal
        volume = modal.Volume.from_name("v")
        app = modal.App("a")
        @app.function()
        def g(x): return x
        class B:
            name: str = modal.parameter(default="x")
            @modal.method()
            def f(self, x):
                volume.commit()
                g.remote(x)
                return self.f.map(x), self.name
            @modal.asgi_app()
            def web(self): return self.model
        b = B()
        """)
    assert lines_of(error.problems) == [
        (10, 9, "modal"), (11, 9, "modal"), (12, 23, "modal"), (12, 31, "state"),
        (13, 5, "decorator"), (15, 5, "class"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("async def f(self, x): return self.model", [(2, 5, "async")]),
        ("def f(self): self = 1; return self.model", [(2, 18, "self")]),
        ("def f(self): del self", [(2, 22, "self")]),
        ("def f(self): return [self for _ in self.model]", [(2, 26, "self")]),
        ("def f(self): return lambda: self", [(2, 33, "self")]),
        ("def f(self): return getattr(self, 'model')", [(2, 33, "self")]),
        ("def f(self): return f'{self.model=}'", [(2, 28, "self")]),
        ("def f(self): return self.__dict__", [(2, 25, "state")]),
        ("def f(self): return __class__", [(2, 25, "super")]),
        ("def f(self): return isinstance(self, B)", [(2, 36, "self"), (2, 42, "class")]),
        ("def f(self): return self.model.__x", [(2, 36, "name")]),
        ("def f(self): self.model.x = self.y = 1", [(2, 33, "state")]),
        ("def f(self): self.n += 1", [(2, 18, "state")]),
        ("def f(self, x): (self.tokenizer, a) = 1, 2", [(2, 22, "state")]),
        ("def __len__(self): return self.model", [(2, 9, "class")]),
        ("def f(): return 1", [(2, 9, "self")]),
        ("for i in []: pass\n    def f(self): return self.model", [(2, 5, "class")]),
        ("import os\n    def f(self): return self.model", [(2, 5, "class")]),
        ("K = 1\n    def f(self): self.K = 2", [(3, 18, "state")]),
        ("def g(self): return self.model\n    k = g", [(3, 9, "class")]),
        (
            "def f(self): return self.model\n    def f(self): return 1",
            [(3, 9, "name")],
        ),
        (
            "@classmethod\n    def f(cls): return cls.model\n    def g(self): return self.model",
            [(3, 24, "self")],
        ),
        (
            ("def __init__(self): self.model = 1; self.n = len(self.model)\n"
            "    def f(self, len): return self.n"),
            [(3, 30, "name")],
        ),
    ],
)  # fmt: skip
def test_single(body: str, expected: list[tuple[int, int, str]]) -> None:
    assert lines_of(refused(f"class B:\n    {body}\n").problems) == expected


def test_base_class_and_class_decorator() -> None:
    error = refused("@traced\nclass B(Base):\n    def f(self): return self.model\n")
    assert lines_of(error.problems) == [(1, 1, "decorator"), (2, 9, "class")]


def test_decorator_that_takes_self() -> None:
    error = refused("""
        def counted(f):
            def inner(self, *a): return f(self, *a)
            return inner
        class B:
            @counted
            def f(self, x): return self.model
        """)
    assert lines_of(error.problems) == [(5, 5, "decorator")]
    assert "counted (line 1) wraps methods" in str(error)


def test_names_that_mean_two_things() -> None:
    error = refused("""
        class B:
            def f(self, x): return self.model
        class C:
            def f(self, x): return self.model
        class D:
            def input(self, x): return self.model, input()
        """)
    assert lines_of(error.problems) == [(4, 9, "name"), (6, 9, "name")]


def test_object_made_elsewhere() -> None:
    error = refused("""
        class B:
            def load(self): self.model = M.from_pretrained("x")
            def f(self, x): return self.model
        def main():
            return B().f(1)
        """)
    assert lines_of(error.problems) == [(5, 12, "class")]


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


def test_libcst_is_loaded_late_and_missed_clearly(tmp_path: Path) -> None:
    program = (
        "import sys, cloche, cloche.cli; assert 'libcst' not in sys.modules;"
        "sys.path[:] = [p for p in sys.path if 'site-packages' not in p];"
        "cloche.convert_technique_to_standalone('')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "cloche.errors.SourceError: converting needs libcst: pip install 'cloche[convert]'" in (
        done.stderr
    )
