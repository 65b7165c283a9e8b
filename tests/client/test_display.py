"""Nothing but the technique's own text where there is no terminal."""

from __future__ import annotations

import io
import math
import sys
from typing import TYPE_CHECKING

import pytest
from cloche.client.display import CallDisplay, LoadingDisplay, Screen, write_output
from cloche.client.info import server_info
from rich.console import Console

from tests.client.support import fake_server

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The display writes here, as stderr's terminal."""
    made = Terminal()
    console = Console(file=made, force_terminal=True, width=80)
    monkeypatch.setattr("cloche.client.display.Console", lambda **options: console)
    return made


def test_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with CallDisplay(Screen(enabled=True)) as display:
        display.update(1, 2, "note")
    assert capsys.readouterr() == ("", "")


def test_text_that_the_terminal_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    write_output("stdout", "é☃")
    assert raw.getvalue() == b"\\xe9\\u2603"


def test_a_terminal_gets_colours_and_no_other_control(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    write_output("stdout", "\x1b[31mred\x1b[0m \x1b]0;title\x07\n")
    assert sys.stdout.getvalue() == "\x1b[31mred\x1b[0m \\x1b]0;title\\x07\n"  # type: ignore[attr-defined]


def test_a_file_gets_the_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    write_output("stdout", "\x1b]0;title\x07")
    assert capsys.readouterr().out == "\x1b]0;title\x07"


def test_numbers_that_no_bar_can_show(terminal: Terminal) -> None:
    with CallDisplay(Screen(enabled=True)) as display:
        for done, total in ((math.nan, 3), (1, math.inf), (-5, -1), (1e308, 1e-308), (0, 0)):
            display.update(done, total, "note")
    assert "note" in terminal.getvalue()


def test_what_a_server_says_of_itself_stays_on_one_line(terminal: Terminal) -> None:
    hostile = "load\n\x1b[2J\x9b2J"
    with LoadingDisplay(Screen(enabled=True)) as display:
        display.update(server_info(fake_server.server_info(1, hostile, math.nan)))
    assert "load \\x1b[2J\\x9b2J" in terminal.getvalue()


def test_redirected_output_stays_in_its_file(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "out").open("w") as out, CallDisplay(Screen(enabled=True)) as display:
        monkeypatch.setattr("sys.stdout", out)
        display.update(1, 2, "note")
        write_output("stdout", "result\n")
        assert (tmp_path / "out").read_text() == "result\n"
    assert "result" not in terminal.getvalue()


def test_several_at_once_share_the_screen(terminal: Terminal) -> None:
    screen = Screen(enabled=True)
    with CallDisplay(screen) as first, CallDisplay(screen) as second:
        first.update(1, 2, "one")
        second.update(1, 2, "two")
    assert "one" in terminal.getvalue()
    assert "two" in terminal.getvalue()
    with CallDisplay(screen) as again:
        again.update(1, 2, "three")
    assert "three" in terminal.getvalue()
