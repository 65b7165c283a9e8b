"""What a fork is asked comes back; what it does stays there."""

from __future__ import annotations

import os
import signal

import pytest
from cloche_server import forked


def test_the_answer_comes_back_and_the_deed_does_not() -> None:
    done: list[int] = []

    def work() -> bytes:
        done.append(os.getpid())
        return b"x" * 1_000_000

    assert forked.answer(work) == b"x" * 1_000_000
    assert done == []


def test_a_fork_that_fails_answers_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert forked.answer(lambda: bytes([1 // 0])) == b""
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_fork_that_dies_answers_nothing() -> None:
    def work() -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b"never"

    assert forked.answer(work) == b""
