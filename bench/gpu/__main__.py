"""Runs the checks, each in a process of its own and within a limit, the most telling first.

    python -m bench.gpu [NAMES] [--library PATH] [--budget SECONDS]

Needs torch with CUDA, transformers and this repository. All of it takes less than nine minutes.
`OK` and `BAD` say whether an assumption holds, `INFO` is a measurement, `SKIP` had no time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from typing import Final

from cloche_server.gpu.driver import LIBRARY

from bench.gpu.checks import CHECKS, Check

_BUDGET_S: Final = 520.0
_LEAST_S: Final = 15.0


def main() -> int:
    """Returns 1 where something is BAD."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAMES", help=", ".join(CHECKS))
    parser.add_argument("--library", default=LIBRARY, help="the driver; a path for a stand-in")
    parser.add_argument("--budget", type=float, default=_BUDGET_S)
    given = parser.parse_args()
    unknown = set(given.names) - set(CHECKS)
    if unknown:
        parser.error(
            f"no such check: {', '.join(sorted(unknown))}; choose from {', '.join(CHECKS)}"
        )
    end = time.monotonic() + given.budget
    bad = 0
    for name in given.names or CHECKS:
        left = end - time.monotonic()
        if left < _LEAST_S:
            print(f"SKIP {name}: no time left", flush=True)
            continue
        print(f"== {name}", flush=True)
        bad += not _run(CHECKS[name], given.library, left)
    return 1 if bad else 0


def _run(check: Check, library: str, left: float) -> bool:
    """Whether it found nothing BAD."""
    # Spawned: a fork of a process that has begun with CUDA has none.
    process = multiprocessing.get_context("spawn").Process(target=check.run, args=(library,))
    process.start()
    process.join(min(check.limit_s, left))
    if process.is_alive():
        process.kill()
        process.join()
        print(f"BAD  ended at its limit of {check.limit_s:.0f} s", flush=True)
        return False
    if process.exitcode not in (0, 1):
        print(f"BAD  ended with {process.exitcode}", flush=True)
    return process.exitcode == 0


if __name__ == "__main__":
    sys.exit(main())
