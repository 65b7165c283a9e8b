"""Programs in forks: an escape, a crash or a hang ends one fork, and the program is kept."""

from __future__ import annotations

import collections
import json
import os
import pickle
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloche_server.walls.language import LanguageWall

from .judge import SECRET
from .maker import Learned
from .session import Exhibits, Outcome, live, replay

_PROCESSOR_S = 10
_WALL_CLOCK_S = 40
_MEMORY_BYTES = 4 << 30
_OUT_OF_TIME = "out of time"
_LEARNED_MOST = 12
_MARK = "\n#---\n"


@dataclass
class Finding:
    kind: str
    statement: str
    program: list[str]
    seed: int | str


@dataclass
class Report:
    programs: int = 0
    ends: collections.Counter[str] = field(default_factory=collections.Counter)
    statements: collections.Counter[str] = field(default_factory=collections.Counter)
    refusals: collections.Counter[str] = field(default_factory=collections.Counter)
    nodes: collections.Counter[str] = field(default_factory=collections.Counter)
    census: collections.Counter[str] = field(default_factory=collections.Counter)
    members: set[int] = field(default_factory=set)
    learned: Learned = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.statements += outcome.statements
        self.refusals += outcome.refusals
        self.nodes += outcome.nodes
        self.census += outcome.census
        self.members |= outcome.members
        for key, kinds in outcome.learned:
            known = self.learned.setdefault(key, [])
            if kinds not in known and len(known) < _LEARNED_MOST:
                known.append(kinds)


class Fuzzer:
    """Runs programs one after another, each in a fork, and adds up what they did."""

    def __init__(self, wall: LanguageWall, exhibits: Exhibits, folder: Path, length: int) -> None:
        self.wall = wall
        self.report = Report()
        self._exhibits, self._folder, self._length = exhibits, folder, length

    def run_one(self, seed: int) -> list[Finding]:
        learned = self.report.learned

        def work(note: Any) -> Outcome:
            return live(self.wall, self._exhibits, seed, self._length, learned, note)

        return self._run(work, seed)

    def replay(self, path: Path) -> list[Finding]:
        program = json.loads(path.read_text())["program"]
        return self._run(lambda note: replay(self.wall, self._exhibits, program), path.stem)

    def _run(self, work: Callable[[Any], Outcome], seed: int | str) -> list[Finding]:
        end, outcome, noted = in_fork(work, self._folder)
        self.report.programs += 1
        self.report.ends[end] += 1
        if outcome is not None:
            self.report.add(outcome)
            return [Finding(why, where, noted, seed) for why, where in outcome.findings]
        # A technique may take its time: the server ends it. Any other death is a finding.
        return (
            [] if end == _OUT_OF_TIME else [Finding(end, noted[-1] if noted else "", noted, seed)]
        )


def in_fork(work: Callable[[Any], Outcome], folder: Path) -> tuple[str, Outcome | None, list[str]]:
    """Runs `work(note)` in a fork. Returns how it ended, its outcome, and what it noted."""
    log, answer = folder / "program", folder / "outcome"
    for each in (log, answer):
        each.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            _confine()
            os.environ["CLOCHE_CANARY"] = SECRET
            fd = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            out = os.open(answer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            null = os.open(os.devnull, os.O_RDWR)
            for each in (0, 1, 2):
                os.dup2(null, each)

            def note(source: str, write: Any = os.write) -> None:
                write(fd, (source + _MARK).encode(errors="surrogatepass"))

            outcome = work(note)
            os.write(out, pickle.dumps(outcome))
        except BaseException as error:
            os.write(out, pickle.dumps(f"{type(error).__name__}: {error}"))
        finally:
            os._exit(0)
    end = _wait(child)
    noted = log.read_text(errors="surrogateescape").split(_MARK)[:-1] if log.exists() else []
    data = answer.read_bytes() if answer.exists() else b""
    if end == "ended" and data:
        got = pickle.loads(data)
        return (end, got, noted) if isinstance(got, Outcome) else (f"broke: {got}", None, noted)
    return ("vanished" if end == "ended" else end), None, noted


def _confine() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_S, _PROCESSOR_S))
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + _MEMORY_BYTES, now + _MEMORY_BYTES))


def _wait(child: int) -> str:
    deadline = time.monotonic() + _WALL_CLOCK_S
    pause = 0.002
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                return _OUT_OF_TIME  # the processor's time: nothing else here kills so
            if os.WIFSIGNALED(status):
                return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
            return "ended"
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return _OUT_OF_TIME


def keep(finding: Finding, folder: Path) -> Path:
    """Writes a finding's program where a later run replays it."""
    folder.mkdir(parents=True, exist_ok=True)
    word = "".join(each if each.isalnum() else "_" for each in finding.kind)[:60]
    path = folder / f"{word}_{finding.seed}.json"
    path.write_text(
        json.dumps(
            {"found": finding.kind, "statement": finding.statement, "program": finding.program},
            indent=1,
        )
    )
    return path
