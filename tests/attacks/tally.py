"""Collects what the tests of attacks found, for the table at the end of the run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pytest
from rich.console import Console

from tests.attacks import report
from tests.attacks.attack import Attack
from tests.attacks.report import Record

PROPERTY: Final = "attack"
# Names a file that the records are written to: how a run inside another kernel hands them out.
RESULTS: Final = "CLOCHE_ATTACK_RESULTS"
# What the table is called.
TITLE: Final = "CLOCHE_ATTACK_TITLE"


class Tally:
    """A plugin: reports carry the records, from other processes too."""

    def __init__(self) -> None:
        self._records: list[Record] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self._records += [
                Record(**json.loads(str(value)))
                for name, value in report.user_properties
                if name == PROPERTY
            ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._records:
            return
        results = os.environ.get(RESULTS)
        if results:
            report.write(self._records, Path(results))
        console = Console(width=110, force_terminal=terminalreporter.hasmarkup)
        with console.capture() as captured:
            report.show(self._records, os.environ.get(TITLE, "attacks"), console)
        terminalreporter.write("\n" + captured.get())


def record(
    write: Callable[[str, object], None], attack: Attack, configuration: str, effect: str | None
) -> None:
    """Puts a result into the running test's report, through its `record_property`."""
    found = Record(attack.kind, attack.name, configuration, effect)
    write(PROPERTY, json.dumps(asdict(found)))
