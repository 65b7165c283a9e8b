"""`progress` outside a server."""

from __future__ import annotations

import io

import pytest
from cloche import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    progress(1, 2, "x")
    assert capsys.readouterr() == ("", "")


def test_one_line_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    progress(1, note="start")
    progress(2, 2, "end")
    assert terminal.getvalue() == "\r\x1b[K1 start\r\x1b[K2/2 end\n"
