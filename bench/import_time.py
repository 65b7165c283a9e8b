"""How long Cloche takes to import beyond grpc, which a client cannot do without.

`python -m bench.import_time [--rounds N]`: fresh interpreters by turns, with warm files.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

GRPC = "import grpc"
OURS = ("import cloche", "from cloche import InterpClient")


def main() -> None:
    """Prints medians, and the difference of each round's neighbours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    taken: dict[str, list[float]] = {statement: [] for statement in ("pass", GRPC, *OURS)}
    for number in range(rounds + 1):
        for statement in taken:
            lasted = _run(statement)
            if number:  # the first round warms the files
                taken[statement].append(lasted)
    for statement, seconds in taken.items():
        print(f"{statement:32} {1000 * statistics.median(seconds):6.0f} ms")
    for statement in OURS:
        pairs = zip(taken[statement], taken[GRPC], strict=True)
        more = statistics.quantiles([1000 * (ours - grpc) for ours, grpc in pairs], n=4)
        print(f"{statement}: {more[1]:.0f} ms ({more[0]:.0f}...{more[2]:.0f}) beyond grpc")


def _run(statement: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
