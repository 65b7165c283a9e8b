"""`python -m tests.fuzz.native --seconds 600`: every native entry point under guard pages."""

from __future__ import annotations

import argparse
import fnmatch
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from random import Random

from . import fence

_PRELOADED = "CLOCHE_FENCE_FOLDER"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, help="for this long, instead of --rounds")
    options.add_argument("--rounds", type=int, default=4, help="cases of each entry")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", nargs="+", default=["*"], help="entries, as shell patterns")
    options.add_argument("--case", type=int, help="this case of the entries alone")
    options.add_argument(
        "--undriven", action="store_true", help="list what was not driven, and why"
    )
    chosen = options.parse_args()
    _preload()
    warnings.simplefilter("ignore")

    # Imported behind the preloaded allocator.
    from .run import in_rounds
    from .session import Session

    session = Session.start()
    wanted = [
        each
        for each in session.native
        if any(fnmatch.fnmatchcase(each.path, pattern) for pattern in chosen.only)
    ]
    if not wanted:
        sys.exit(f"no native entry is called {' or '.join(chosen.only)}")
    if chosen.case is not None:
        first, last = chosen.case, chosen.case + 1
    else:
        Random(chosen.seed).shuffle(wanted)
        first, last = 0, chosen.rounds if chosen.seconds is None else sys.maxsize
    end = time.monotonic() + (chosen.seconds or float("inf"))
    for cases in in_rounds(wanted, chosen.seed, first, last):
        if time.monotonic() > end:
            break
        session.forks.drive(cases)
    print(session.summary(wanted))
    if chosen.undriven:
        print(session.undriven(wanted))
    return 1 if session.forks.report.findings else 0


def _preload() -> None:
    """Starts this program once more behind the allocator, where there is a C compiler."""
    if _PRELOADED in os.environ:
        return
    with tempfile.TemporaryDirectory(prefix="cloche-fence-") as folder:
        library = fence.build(Path(folder)) if fence.compiler() else None
        if library is None:
            print("no C compiler: only inputs lie against guard pages", flush=True)
        environment = {**fence.environment(library), _PRELOADED: folder}
        arguments = [sys.executable, "-m", "tests.fuzz.native", *sys.argv[1:]]
        sys.exit(os.spawnve(os.P_WAIT, sys.executable, arguments, environment))


if __name__ == "__main__":
    sys.exit(main())
