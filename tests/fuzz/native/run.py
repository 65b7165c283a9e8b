"""Drives cases in forks; a fork that dies by a signal is a finding, and the rest goes on."""

from __future__ import annotations

import collections
import faulthandler
import mmap
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Protocol

from .case import End, Note, Outcome
from .entries import Entry
from .samples import NoSampleError, operators_of

#: What a fork may take beyond what it starts with. Little: who asks for more is told so at once.
_MEMORY_BYTES: Final = 384 << 20
_PROCESSOR_S: Final = 1.0
_WALL_CLOCK_S: Final = 20
_TIMED: Final = frozenset({signal.SIGPROF, signal.SIGALRM, signal.SIGKILL})
_NOTE_BYTES: Final = 1 << 16
#: Cases of an entry, and entries, of one fork: samples are made once in each.
_TOGETHER: Final = 8
_ENTRIES: Final = 40
_UNKNOWN: Final = "UNKNOWN"


@dataclass(frozen=True)
class Case:
    entry: Entry
    seed: int
    number: int


@dataclass(frozen=True)
class Finding:
    case: Case
    signal: str
    call: str
    said: str
    alone: bool

    def __str__(self) -> str:
        again = f"python -m tests.fuzz.native --only '{self.case.entry.path}'"
        again += f" --seed {self.case.seed} --case {self.case.number}"
        more = "" if self.alone else "\n  not by itself: what ran before it matters"
        said = f"\n  said: {self.said}" if self.said else ""
        return f"FOUND {self.signal} {self.call}{said}{more}\n  again: {again}"


@dataclass
class Report:
    """What became of the cases."""

    cases: int = 0
    ends: collections.Counter[str] = field(default_factory=collections.Counter)
    #: Entries of which a call was completed.
    driven: set[Entry] = field(default_factory=set)
    #: What the others were answered last.
    said: dict[Entry, str] = field(default_factory=dict)
    timed_out: collections.Counter[Entry] = field(default_factory=collections.Counter)
    findings: list[Finding] = field(default_factory=list)


class Drives(Protocol):
    """What runs one case in the process it is called in: `case.Driver`."""

    def run(self, entry: Entry, seed: int, number: int, note: Note, /) -> Outcome: ...


class Forks:
    """Runs cases one after another, many in a fork. Holds: a page that forks write to."""

    def __init__(self, driver: Drives) -> None:
        self._driver = driver
        self._shared = mmap.mmap(-1, _NOTE_BYTES)
        # Files without a name: they go with this object.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._answers = tempfile.TemporaryFile()  # noqa: SIM115
        self.report = Report()

    def drive(self, cases: Sequence[Case]) -> None:
        """Drives the cases, in as many forks as it takes."""
        first = 0
        while first < len(cases):
            status = self._fork(cases[first:])
            done = self._read_answers(cases[first:])
            first += done
            if not os.WIFSIGNALED(status):
                if first < len(cases):
                    sys.exit(f"a fork ended early, status {status}: {self._said()}")
                break
            case, number = cases[first], os.WTERMSIG(status)
            call = self._note()
            first += 1
            self.report.cases += 1
            if number in _TIMED:
                self.report.ends["out of time"] += 1
                self.report.timed_out[case.entry] += 1
                continue
            said = self._said()
            self.report.ends["died"] += 1
            again = self._fork([case])
            alone = os.WIFSIGNALED(again) and os.WTERMSIG(again) == number
            finding = Finding(case, signal.Signals(number).name, call, said, alone)
            self.report.findings.append(finding)
            print(finding, flush=True)

    # The fork's side

    def _fork(self, cases: Sequence[Case]) -> int:
        for each in (self._log, self._answers):
            each.seek(0)
            each.truncate()
        self._shared[:8] = bytes(8)
        child = os.fork()
        if child == 0:
            self._work(cases)
        _, status = os.waitpid(child, 0)
        return status

    def _work(self, cases: Sequence[Case]) -> None:
        code = 1
        try:
            _confine()
            null = os.open(os.devnull, os.O_RDWR)
            for each in (0, 1):
                os.dup2(null, each)
            os.dup2(self._log.fileno(), 2)
            for case in cases:
                signal.setitimer(signal.ITIMER_PROF, _PROCESSOR_S)
                signal.alarm(_WALL_CLOCK_S)
                os.write(self._answers.fileno(), self._answer(case).encode(errors="replace"))
            code = 0
        except BaseException as error:
            os.write(2, f"driver: {type(error).__name__}: {error}".encode()[:2000])
        finally:
            os._exit(code)

    def _answer(self, case: Case) -> str:
        try:
            outcome = self._driver.run(case.entry, case.seed, case.number, self._tell)
        except NoSampleError as error:
            return f"{_UNKNOWN} {error}\n"
        return f"{outcome.end.name} {outcome.said}".replace("\n", " ")[:300] + "\n"

    def _tell(self, text: str) -> None:
        if text.startswith("..."):
            text = self._note() + text
        data = text.encode(errors="replace")[: _NOTE_BYTES - 8]
        self._shared[:8] = len(data).to_bytes(8, "little")
        self._shared[8 : 8 + len(data)] = data

    # The parent's side

    def _read_answers(self, cases: Sequence[Case]) -> int:
        """Adds up what the fork told; returns how many cases it came through."""
        self._answers.seek(0)
        lines = self._answers.read().decode(errors="replace").splitlines()
        report = self.report
        for case, line in zip(cases, lines, strict=False):
            end, _, said = line.partition(" ")
            report.cases += 1
            report.ends[end.lower()] += 1
            if end == End.COMPLETED.name:
                report.driven.add(case.entry)
            else:
                report.said[case.entry] = said
        return len(lines)

    def _note(self) -> str:
        size = int.from_bytes(self._shared[:8], "little")
        return self._shared[8 : 8 + size].decode(errors="replace")

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read(2000).decode(errors="replace").strip()


def _confine() -> None:
    faulthandler.disable()  # pytest's would write a page for each death
    for each in (signal.SIGINT, signal.SIGALRM, signal.SIGPROF):
        signal.signal(each, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + _MEMORY_BYTES, now + _MEMORY_BYTES))


def in_rounds(entries: Sequence[Entry], seed: int, first: int, last: int) -> Iterator[list[Case]]:
    """A few cases of each entry, then a few more: lists for one fork after another.

    After the first, of entries that are one function by several names each time only one.
    """
    rng = Random(seed)
    for start in range(first, last, _TOGETHER):
        numbers = range(start, min(start + _TOGETHER, last))
        driven = entries if start == first else one_of_each(entries, rng)
        for place in range(0, len(driven), _ENTRIES):
            some = driven[place : place + _ENTRIES]
            yield [Case(each, seed, number) for each in some for number in numbers]


def one_of_each(entries: Sequence[Entry], rng: Random) -> list[Entry]:
    """One entry for each operator of torch, and every entry that is none."""
    groups: dict[object, list[Entry]] = {}
    for each in entries:
        groups.setdefault(operators_of(each) or each, []).append(each)
    return [rng.choice(each) for each in groups.values()]
