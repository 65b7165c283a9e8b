"""`python -m tests.fuzz.capabilities --seconds 600`: does anything forbidden come into reach?"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.language.session import build

from .run import Hunt

_SHOWN = 3


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=0, help="0: until all is searched")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--attempts", type=int, default=4, help="for each callable")
    options.add_argument("--units", type=int, default=0, help="so many units; 0 for all")
    options.add_argument("--only", default="", help="units whose word holds this")
    chosen = options.parse_args()
    wall, exhibits = build()
    with tempfile.TemporaryDirectory(prefix="cloche-search-") as folder:
        hunt = Hunt(wall, exhibits, Path(folder), chosen.seed)
        units = [each for each in hunt.units(chosen.attempts) if chosen.only in each.word]
        return _hunt(hunt, units[: chosen.units or None], chosen.seconds)


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
