"""Set up what a server logs, on standard error: lines for people, or JSON for programs."""

from __future__ import annotations

import datetime
import json
import logging
from typing import Literal, cast

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["text", "json"]


def configure(level: Level, form: Format) -> None:
    """Replaces what was set up before."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _Text())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _time(record: logging.LogRecord) -> str:
    """With its zone: who compares two machines' logs knows what it means."""
    made = datetime.datetime.fromtimestamp(record.created).astimezone()
    return made.isoformat(timespec="milliseconds")


class _Text(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return _time(record)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")


class _Json(logging.Formatter):
    """One object for each record; a call's fields stand beside the others'."""

    def format(self, record: logging.LogRecord) -> str:
        fields = cast("dict[str, object]", getattr(record, "fields", {}))
        told = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            **({} if fields else {"message": record.getMessage()}),
            **fields,
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)
