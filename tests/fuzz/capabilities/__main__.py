"""`python -m tests.fuzz.capabilities --seconds 600`: does anything forbidden come into reach?"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

from tests.attacks.teeth.rules import Bench
from tests.fuzz.language.session import build

from .run import Hunt, unit_of
from .weaken import WEAKENED

_SHOWN = 3


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=0, help="0: until all is searched")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--attempts", type=int, default=4, help="for each callable")
    options.add_argument("--units", type=int, default=0, help="so many units; 0 for all")
    options.add_argument("--teeth", action="store_true", help="weaken the wall, and find it")
    options.add_argument("--only", default="", help="units whose word holds this")
    chosen = options.parse_args()
    wall, exhibits = build()
    with tempfile.TemporaryDirectory(prefix="cloche-search-") as folder:
        hunt = Hunt(wall, exhibits, Path(folder), chosen.seed)
        if chosen.teeth:
            return _bite(hunt)
        units = [each for each in hunt.units(chosen.attempts) if chosen.only in each.word]
        return _hunt(hunt, units[: chosen.units or None], chosen.seconds)


def _bite(hunt: Hunt) -> int:
    """Takes out one rule after another. Returns 1 if the search misses one."""
    bench = Bench.make(hunt.wall)
    missed = 0
    for each in WEAKENED:
        unit = unit_of(hunt.wall, each.base, each.names)
        found = hunt.run(unit, each.applied(bench, hunt.wall))
        # What cannot be taken out ends the process, too, and is no find.
        real = [reason for reason, _ in found if not reason.startswith("broke")]
        print(f"{each.word}: {f'found ({real[0]})' if real else f'missed {found}'}", flush=True)
        missed |= not real
    return missed


def _hunt(hunt: Hunt, units: list, seconds: float) -> int:  # type: ignore[type-arg]
    known: collections.Counter[str] = collections.Counter()
    began = time.monotonic()
    for unit in units:
        if seconds and time.monotonic() - began > seconds:
            break
        for reason, step in hunt.run(unit):
            known[reason] += 1
            if known[reason] <= _SHOWN:
                print(f"FOUND {reason}\n  {step[:300]}", flush=True)
    tally = hunt.tally
    print(f"{tally.units} of {len(units)} units, {tally.steps.total()} steps: {dict(tally.steps)}")
    print(f"classes made: {tally.classes.total()} for {len(tally.classes)} names")
    print(f"ends: {dict(tally.ends)}; findings: {known.total()} of {len(known)} kinds")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
