"""Exceptions as their caller reads them, also when the exception lies."""

from __future__ import annotations

from typing import Any

from cloche_server.ipc import job
from cloche_server.sandbox import tracebacks

FILENAME = "<technique>"


def raised(source: str) -> job.Raised:
    namespace: dict[str, Any] = {"__name__": "technique"}
    try:
        exec(compile(source, FILENAME, "exec"), namespace)
    except BaseException as error:
        return tracebacks.describe(error, source, FILENAME, cpu_s=0.0)
    raise AssertionError("did not raise")


def test_lines_columns_and_text_are_the_callers() -> None:
    found = raised("def f(x):\n    return 'é' + str(1 / x)\n\nf(0)")
    assert found.exception == "ZeroDivisionError"
    assert [(frame.function, frame.line) for frame in found.frames] == [("<module>", 4), ("f", 2)]
    assert found.frames[-1].text == "return 'é' + str(1 / x)"
    assert found.frames[-1].column == 22


def test_frames_of_libraries_are_left_out() -> None:
    found = raised("import json\njson.loads('{')")
    assert [frame.line for frame in found.frames] == [2]
    assert found.exception == "json.decoder.JSONDecodeError"
    assert "decoder.py" not in found.traceback


def test_a_recursion_is_told_shortly() -> None:
    found = raised("def f(): return f()\nf()")
    assert found.exception == "RecursionError"
    assert "repeated" in found.traceback
    assert len(found.frames) <= 101


def test_a_lying_exception_is_not_asked() -> None:
    found = raised(
        "class Liar(Exception):\n"
        "    def __str__(self): raise SystemExit('asked')\n"
        "    __repr__ = __str__\n"
        "    __traceback__ = property(__str__)\n"
        "    __cause__ = property(__str__)\n"
        "    args = property(__str__)\n"
        "raise Liar('honest', 2, [3])"
    )
    assert found.exception == "Liar"
    assert found.message == "honest, 2, <list>"


def test_long_texts_and_lone_surrogates_are_cut_and_mended() -> None:
    found = raised("raise ValueError('x' * 1_000_000 + '\\ud800')")
    assert len(found.message) < 20_000
    found.message.encode()
    raised("raise ValueError('\\ud800')").message.encode()
    assert len(job.frame(found)) < job.MAX_FRAME_FROM_SANDBOX


def test_causes_and_contexts() -> None:
    chain = raised("try: {}['a']\nexcept KeyError as e: raise ValueError('b') from e").traceback
    assert "direct cause" in chain
    assert chain.index("KeyError: 'a'") < chain.index("ValueError: b")
    context = raised("try: {}['a']\nexcept KeyError: raise ValueError('b')").traceback
    assert "During handling" in context
    hidden = raised("try: {}['a']\nexcept LookupError: raise ValueError('b') from None").traceback
    assert "KeyError" not in hidden


def test_a_cycle_of_contexts_ends() -> None:
    found = raised(
        "a, b = ValueError('a'), ValueError('b')\na.__cause__, b.__cause__ = b, a\nraise a"
    )
    assert len(found.traceback) < 5000
