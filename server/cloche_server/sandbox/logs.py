"""Send what libraries log and warn of to the caller, as records of their own.

Libraries attach handlers that write to the standard error of the process that loaded them, which a
sandbox has closed. Each text is sent once in a call, and without paths: they are the server's.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable
from typing import Any, Final

from cloche_server.ipc import job
from cloche_server.sandbox.channel import Channel

# The last two parts of a path may tell something; what is before them is the machine's. A URL's
# slashes follow a colon, a letter or each other.
_PATH: Final = re.compile(r"(?<![\w:/.~-])~?/(?:[\w.+@~-]+/)+(?=[\w.+@~-])")
_TRIGGERED: Final = re.compile(r"\s*\(Triggered internally at [^)]*\)")


class LogSender:
    """Sends records from `open` on; before, and after the most of one call, they are dropped."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._sent: set[tuple[str, str]] = set()
        self._records = 0
        self._open = False

    def open(self) -> None:
        """For a call: nothing has been sent in it yet."""
        self._open = True
        self._sent.clear()
        self._records = 0

    def record(self, level: job.Level, text: str) -> bool:
        """Sends a record of the technique's own, each time. False: there is no room for it."""
        data = text.encode("utf-8", "replace")
        full = self._records + len(self._sent) >= job.MOST_LOGS
        if not self._open or full or len(data) > job.LOG_BYTES:
            return False
        self._records += 1
        self._channel.send(job.Logged(level, data.decode()))
        return True

    def send(self, level: job.Level, text: str) -> None:
        """Idempotent for equal texts."""
        shown = _fit(_without_paths(text))
        if not shown or not self._open or (level, shown) in self._sent:
            return
        if self._records + len(self._sent) < job.MOST_LOGS:
            self._sent.add((level, shown))
            self._channel.send(job.Logged(level, shown))


def take_over(send: Callable[[job.Level, str], None]) -> None:
    """Replaces every handler that libraries have attached so far, and what `warnings` prints."""
    handler = _Handler(send)
    known = logging.root.manager.loggerDict.values()
    for logger in [logging.root, *(each for each in known if isinstance(each, logging.Logger))]:
        logger.handlers.clear()
        logger.propagate = True
    logging.root.addHandler(handler)
    logging.lastResort = None
    logging.raiseExceptions = False

    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        send("warning", f"{category.__name__}: {message}")

    warnings.showwarning = show


def forget_warnings() -> None:
    """Lets what was warned of while the model was loaded be said again, once in each call."""
    # Any change of the filters does it; this one is what holds where none matches.
    warnings.simplefilter("default", append=True)
    from transformers.utils import logging as transformers_logging

    for name in ("warning_once", "info_once"):
        forget = getattr(getattr(transformers_logging, name, None), "cache_clear", None)
        if forget is not None:
            forget()


class _Handler(logging.Handler):
    def __init__(self, send: Callable[[job.Level, str], None]) -> None:
        super().__init__()
        self._send = send

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001  # arguments that do not fit, or that fail as text
            text = str(record.msg)
        self._send(_level(record.levelno), text)


def _level(number: int) -> job.Level:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"


def _without_paths(text: str) -> str:
    return _PATH.sub("…/", _TRIGGERED.sub("", text)).strip()


def _fit(text: str) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) <= job.LOG_BYTES:
        return data.decode()
    return data[: job.LOG_BYTES - 3].decode(errors="ignore") + "…"
