"""`python -m tests.fuzz.language --seconds 600`: random programs against the language wall."""

from __future__ import annotations

import argparse
import collections
import json
import sys
import tempfile
import time
from pathlib import Path

from .run import Fuzzer, Report, keep
from .session import build, replay
from .weaken import WEAKNESSES

SEEDS = Path(__file__).parent / "seeds"
#: A weakness is found in one to thirty; counted, not timed, so that a busy machine bites too.
_TEETH_PROGRAMS = 200


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--programs", type=int, default=0, help="at least, past the seconds")
    options.add_argument("--seed", type=int, default=0, help="of the first program")
    options.add_argument("--length", type=int, default=80, help="rounds of a program")
    options.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="for programs")
    options.add_argument("--replay", type=Path, help="one kept program, looking after each step")
    options.add_argument("--teeth", action="store_true", help="weakened walls have to be found")
    options.add_argument("--full", action="store_true", help="report counters at length")
    chosen = options.parse_args()
    wall, exhibits = build()
    if chosen.replay is not None:
        outcome = replay(wall, exhibits, json.loads(chosen.replay.read_text())["program"])
        for reason, statement in outcome.findings[:3]:
            print(f"FOUND {reason}\n{statement}")
        return 1 if outcome.findings else 0
    with tempfile.TemporaryDirectory(prefix="cloche-fuzz-") as folder:
        fuzzer = Fuzzer(wall, exhibits, Path(folder), chosen.length)
        if chosen.teeth:
            return _bite(fuzzer, chosen.seed)
        return _fuzz(fuzzer, chosen)


def _fuzz(fuzzer: Fuzzer, chosen: argparse.Namespace) -> int:
    seed = chosen.seed
    known: collections.Counter[str] = collections.Counter()
    for path in sorted(SEEDS.glob("*.json")):
        for finding in fuzzer.replay(path):
            print(f"FOUND again {path.name}: {finding.kind}", flush=True)
            known[finding.kind] += 1
    deadline = time.monotonic() + chosen.seconds
    while time.monotonic() < deadline or fuzzer.report.programs < chosen.programs:
        for finding in fuzzer.run_one(seed):
            known[finding.kind] += 1
            if known[finding.kind] <= 3:
                path = keep(finding, chosen.keep)
                print(f"FOUND {finding.kind}\n  {path}\n  {finding.statement[:400]}", flush=True)
        seed += 1
    show(fuzzer.report, chosen.full)
    return 1 if known else 0


def _bite(fuzzer: Fuzzer, seed: int) -> int:
    """Weakens the wall in one way after another. Returns 1 if the fuzzer misses one."""
    missed = 0
    for weakness in WEAKNESSES:
        began = time.monotonic()
        found = None
        programs = 0
        with weakness(fuzzer.wall):
            while found is None and programs < _TEETH_PROGRAMS:
                found = next(iter(fuzzer.run_one(seed + programs)), None)
                programs += 1
        word = "missed" if found is None else f"found ({found.kind})"
        seconds = time.monotonic() - began
        print(f"{weakness.__name__}: {word} in {programs} programs, {seconds:.1f} s", flush=True)
        missed |= found is None
    return missed


def show(report: Report, full: bool) -> None:
    total = report.statements.total()
    print(f"{report.programs} programs, {total} statements: {dict(report.statements)}")
    print(f"ends: {dict(report.ends)}")
    print(f"refusals: {dict(report.refusals)}")
    print(f"catalogue members seen: {len(report.members)}; calls learned: {len(report.learned)}")
    print(f"node types: {len(report.nodes)}; value types: {len(report.census)}")
    if full:
        print(dict(report.nodes))
        print(dict(report.census))


if __name__ == "__main__":
    sys.exit(main())
