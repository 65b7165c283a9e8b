"""A look at the weights in a process of its own: what it finds, and what happens if it cannot."""

from __future__ import annotations

import os
import signal
import time

import pytest
from cloche_server.zygote.auditor import Auditor
from cloche_server.zygote.weights.interface import Finding

from tests.support.waiting import PATIENCE_S


def _found(auditor: Auditor) -> Finding:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        finding = auditor.reap()
        if finding is not None:
            return finding
        time.sleep(0.01)
    raise AssertionError("the auditor does not end")


@pytest.mark.parametrize("intact", [True, False])
def test_it_says_what_it_found(intact: bool) -> None:
    auditor = Auditor(lambda: Finding(intact, "as seen"), os.fork)
    auditor.ask()
    assert _found(auditor) == Finding(intact, "as seen")
    assert auditor.reap() is None


def test_what_cannot_be_looked_at_counts_as_changed() -> None:
    def fail() -> Finding:
        raise OSError("no such file")

    def end() -> Finding:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("it lives on")

    for audit, said in ((fail, "no such file"), (end, "ended with -9")):
        auditor = Auditor(audit, os.fork)
        auditor.ask()
        finding = _found(auditor)
        assert not finding.intact
        assert said in finding.detail


def test_without_a_process_there_is_no_look(capsys: pytest.CaptureFixture[str]) -> None:
    def fork() -> int:
        raise OSError("no more processes")

    auditor = Auditor(lambda: Finding(True, ""), fork)
    auditor.ask()
    assert auditor.reap() is None
    assert "no auditor could be forked: no more processes" in capsys.readouterr().err


def test_asked_while_it_looks_it_looks_once_more() -> None:
    reader, writer = os.pipe()

    def look() -> Finding:
        os.write(writer, b"x")
        return Finding(True, "as loaded")

    auditor = Auditor(look, os.fork)
    for _ in range(5):
        auditor.ask()
    assert _found(auditor).intact
    assert _found(auditor).intact
    assert auditor.reap() is None
    assert os.read(reader, 10) == b"xx"
    os.close(reader)
    os.close(writer)
