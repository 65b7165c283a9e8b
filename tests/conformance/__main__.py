"""`python -m tests.conformance`: CPython's tests of its language, behind the wall and plainly."""

from __future__ import annotations

import argparse
import collections
import re
import sys
import time

from .programs import programs_of
from .run import Outcome, Runner
from .table import MODULES
from .verdict import verdict


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("modules", nargs="*", default=MODULES, help="test_patma ...")
    options.add_argument("--only", default="", help="a pattern of names of tests")
    options.add_argument("--list", nargs="*", default=["different", "unlisted"], help="kinds")
    options.add_argument("--source", action="store_true", help="print the programs, too")
    chosen = options.parse_args()
    from cloche_server.walls.language import LanguageWall

    runner = Runner(LanguageWall.build())
    total: collections.Counter[str] = collections.Counter()
    for module in chosen.modules:
        began = time.monotonic()
        programs = [each for each in programs_of(module) if re.search(chosen.only, each.name)]
        by_name = {each.name: each for each in programs}
        count: collections.Counter[str] = collections.Counter()
        for outcome in runner.run(programs):
            kind, reason = verdict(outcome)
            count[kind] += 1
            if kind in chosen.list:
                _show(outcome, kind, reason)
                if chosen.source:
                    program = by_name[outcome.name]
                    print(getattr(program, "definitions", program))
        total += count
        took = time.monotonic() - began
        print(f"{module}: {dict(count)} in {took:.1f} s", flush=True)
    print(f"all: {dict(total)}")
    return 1 if total["different"] or total["unlisted"] else 0


def _show(outcome: Outcome, kind: str, reason: str) -> None:
    print(f"{kind.upper()} {outcome.name}: {outcome.walled} (plainly: {outcome.plain}) {reason}")


if __name__ == "__main__":
    sys.exit(main())
