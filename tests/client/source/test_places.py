"""Lines of the sent source, told as lines of the caller's file."""

from __future__ import annotations

from cloche.contract.errors import Diagnostic, Frame
from cloche.source import Origin
from cloche.source.assemble import BOUND_ENTRY
from cloche.source.places import locate_diagnostic, locate_frames, locate_traceback
from cloche.source.technique import Technique

MOVED = Technique(
    "def f():\n    boom()\n",
    BOUND_ENTRY,
    (Origin("nb.py", 10, 4, "    def f():"), Origin("nb.py", 11, 4, "        boom()")),
)


def test_diagnostic_moves_with_its_columns() -> None:
    item = Diagnostic(code="c", message="m", hint="h", line=2, column=5, end_line=2, end_column=9)
    found = locate_diagnostic(item, MOVED)
    assert (found.line, found.column, found.end_line, found.end_column) == (11, 9, 11, 13)
    assert str(found) == "nb.py:11:9: m; h\n    boom()\n    ^^^^"


def test_diagnostic_over_several_lines_marks_the_rest_of_the_first() -> None:
    item = Diagnostic(code="c", message="m", hint="", line=1, column=5, end_line=2, end_column=3)
    text = str(locate_diagnostic(item, Technique("x = foo(\n)\n")))
    assert text == "line 1, col 5: m\n    x = foo(\n        ^^^^"


def test_diagnostic_without_a_place() -> None:
    item = Diagnostic(code="c", message="m", hint="h", line=0, column=0)
    assert str(locate_diagnostic(item, MOVED)) == "m; h"


def test_line_beyond_the_source() -> None:
    item = Diagnostic(code="c", message="m", hint="", line=99, column=1)
    assert str(locate_diagnostic(item, MOVED)) == "line 99, col 1: m"


def test_frames_without_the_one_that_hands_on_bound_values() -> None:
    frames = (
        Frame(function=BOUND_ENTRY, line=7, column=12, text="return f()"),
        Frame(function="f", line=2, column=5, text="boom()"),
    )
    (frame,) = locate_frames(frames, MOVED)
    assert (frame.file, frame.line, frame.column, frame.text) == ("nb.py", 11, 9, "boom()")


def test_traceback() -> None:
    text = (
        "Traceback (most recent call last):\n"
        f'  File "<technique>", line 7, in {BOUND_ENTRY}\n'
        "    return f()\n"
        '  File "<technique>", line 2, in f\n'
        "    boom()\n"
        '  File "/lib/torch/x.py", line 2, in relu\n'
        'RuntimeError: File "<technique>", line 2, is only said\n'
    )
    assert locate_traceback(text, MOVED) == (
        "Traceback (most recent call last):\n"
        '  File "nb.py", line 11, in f\n'
        "    boom()\n"
        '  File "/lib/torch/x.py", line 2, in relu\n'
        'RuntimeError: File "<technique>", line 2, is only said\n'
    )


def test_lines_are_pythons_lines() -> None:
    # A form feed or a line separator inside a line begins no new one.
    technique = Technique("a = '\u2028'\x0c\nb = open\n")
    found = locate_diagnostic(
        Diagnostic(code="c", message="m", hint="", line=2, column=5, end_line=2, end_column=9),
        technique,
    )
    assert str(found) == "line 2, col 5: m\n    b = open\n        ^^^^"
    text = 'File "<technique>", line 2, in f\n  x\u2028y\n'
    assert locate_traceback(text, technique) == text
