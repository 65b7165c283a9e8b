"""What libraries log, without the machine it was logged on."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from cloche_server.ipc import job
from cloche_server.sandbox.logs import LogSender, take_over


class Wire:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, message: job.Logged) -> None:
        self.sent.append((message.level, message.text))


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def sender(wire: Wire) -> LogSender:
    made = LogSender(wire)  # type: ignore[arg-type]
    made.open()
    return made


@pytest.fixture
def taken_over(sender: LogSender) -> Iterator[None]:
    """The process's own logging is as it was afterwards."""
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    before = [
        (each, list(each.handlers), each.propagate)
        for each in loggers
        if isinstance(each, logging.Logger)
    ]
    kept: tuple[Any, ...] = (logging.lastResort, logging.raiseExceptions, warnings.showwarning)
    take_over(sender.send)
    yield
    for logger, handlers, propagate in before:
        logger.handlers[:] = handlers
        logger.propagate = propagate
    logging.lastResort, logging.raiseExceptions, warnings.showwarning = kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("loaded from /srv/models/x/config.json", "loaded from …/config.json"),
        ("at '/usr/lib/python3.11/a.py:12'", "at '…/a.py:12'"),
        ("~/.cache/huggingface/hub is full", "…/hub is full"),
        ("old (Triggered internally at /pytorch/aten/src/T.cpp:44.)", "old"),
        ("see https://huggingface.co/docs/a/b.html", "see https://huggingface.co/docs/a/b.html"),
        ("use and/or, 1/2, a / b", "use and/or, 1/2, a / b"),
    ],
)
def test_paths_are_the_servers(sender: LogSender, wire: Wire, text: str, shown: str) -> None:
    sender.send("warning", text)
    assert wire.sent == [("warning", shown)]


def test_each_once_and_not_for_ever(sender: LogSender, wire: Wire) -> None:
    for number in range(200):
        sender.send("warning", "the same")
        sender.send("error", str(number))
    assert len(wire.sent) == job.MOST_LOGS
    assert wire.sent.count(("warning", "the same")) == 1


def test_a_long_one_fits(sender: LogSender, wire: Wire) -> None:
    sender.send("warning", "é" * 10_000 + "\ud800")
    ((_, text),) = wire.sent
    assert job.LOG_BYTES - 4 <= len(text.encode()) <= job.LOG_BYTES
    assert text.endswith("…")


def test_nothing_before_the_call(wire: Wire) -> None:
    LogSender(wire).send("warning", "early")  # type: ignore[arg-type]
    assert wire.sent == []


@pytest.mark.usefixtures("taken_over")
def test_handlers_that_libraries_attached_are_gone(wire: Wire) -> None:
    logger = logging.getLogger("tests.a_library")
    logger.warning("%d of %d", 1, 2)
    logger.error("no %s", "file", exc_info=OSError("with a stack"))
    logger.warning("%d", "not a number")
    warnings.warn("odd", RuntimeWarning, stacklevel=1)
    assert wire.sent == [
        ("warning", "1 of 2"),
        ("error", "no file"),
        ("warning", "%d"),
        ("warning", "RuntimeWarning: odd"),
    ]
