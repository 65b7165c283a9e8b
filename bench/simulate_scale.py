"""Cold starts, bursts and scale-to-zero against the autoscaler's settings, simulated.

`python -m bench.simulate_scale [--seed N] [--gpu NAME] [--days N] [--plots DIRECTORY]` prints the
tables of docs/scaling.md, and draws its figures.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.scale import scenarios
from bench.scale.prices import AS_OF, GPU_USD_PER_S, Price
from bench.scale.report import Summary, summarize

_HEAD = (
    "p50, s | p95, s | p99, s | cold | wait over 1 s | most containers | container hours | USD/1000"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints to standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gpu", choices=GPU_USD_PER_S, default="L4")
    parser.add_argument("--days", type=float, default=1.0, help="simulated days (default 1)")
    parser.add_argument("--plots", type=Path, help="write SVG files into this directory")
    given = parser.parse_args(arguments)
    price = Price(gpu=given.gpu)

    day = scenarios.a_day(given.seed, days=given.days)
    burst = scenarios.a_burst(given.seed)
    print(f"Seed {given.seed}; {given.gpu}, prices of {AS_OF}.\n")
    _table("a day", ((run.name, summarize(run.outcome, price)) for run in day))
    _table("a burst", ((run.name, summarize(run.outcome, price)) for run in burst))
    _costs()
    if given.plots:
        from bench.scale.plots import draw

        rare = scenarios.rare_calls(given.seed, days=2 * given.days)
        for path in draw(given.plots, day=day, burst=burst, rare=rare, price=price):
            print(f"{path}: {path.stat().st_size / 1024:.0f} KiB")


def _table(title: str, rows: Iterable[tuple[str, Summary]]) -> None:
    print(f"| {title} | {_HEAD} |")
    print("|---" * (2 + _HEAD.count("|")) + "|")
    for name, told in rows:
        print(
            f"| {name} | {told.p50_s:.1f} | {told.p95_s:.1f} | {told.p99_s:.1f} | "
            f"{told.cold_share:.2%} | {told.late_share:.1%} | {told.most_containers} | "
            f"{told.container_hours:.1f} | {told.usd_per_thousand:.2f} |"
        )
    print()


def _costs(durations_s: Sequence[float] = (0.25, 1, 5, 30)) -> None:
    """A thousand calls in containers that are always full: the least that they can cost."""
    slots = scenarios.CONTAINER.slots
    print("| GPU | USD an hour | " + " | ".join(f"{d:g} s" for d in durations_s) + " |")
    print("|---" * (2 + len(durations_s)) + "|")
    for gpu in GPU_USD_PER_S:
        price = Price(gpu=gpu)
        cells = [f"{price.usd_per_thousand(d / slots, 1):.3f}" for d in durations_s]
        print(f"| {gpu} | {price.usd_per_s * 3600:.2f} | " + " | ".join(cells) + " |")
    print()


if __name__ == "__main__":
    main()
