"""The questions that docs/scaling.md answers, each a list of runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.scale import arrivals
from bench.scale.settings import Autoscaler, Container, Technique
from bench.scale.simulation import Outcome, simulate

# Four cores, a call on one of them.
CONTAINER = Container(slots=4)
TECHNIQUE = Technique(mean_s=5)
Times = Callable[[random.Random, float], Iterator[float]]


@dataclass(frozen=True)
class Run:
    """One set of settings, under the name that tables and plots give it."""

    name: str
    scaler: Autoscaler
    outcome: Outcome


def _run(
    name: str,
    times: Times,
    scaler: Autoscaler,
    until_s: float,
    seed: int,
    container: Container = CONTAINER,
) -> Run:
    draws = random.Random(f"{seed}/calls")  # noqa: S311  # no secret
    outcome = simulate(
        times(draws, until_s),
        TECHNIQUE,
        scaler=scaler,
        container=container,
        until_s=until_s,
        seed=seed,
    )
    return Run(name, scaler, outcome)


def a_day(seed: int, *, days: float = 1.0, mean_per_s: float = 0.5) -> Sequence[Run]:
    """A day's profile: idle windows, and containers that are kept warm or ahead."""
    choices = {
        f"window {window} s": Autoscaler(target_concurrency=4, scaledown_window_s=window)
        for window in (30, 300, 1800)
    } | {
        "window 300 s, packed": Autoscaler(target_concurrency=4, routing="pack"),
        "window 300 s, 1 buffer": Autoscaler(target_concurrency=4, buffer_containers=1),
        "window 300 s, 1 warm": Autoscaler(target_concurrency=4, min_containers=1),
        "window 300 s, 1 warm, 1 buffer": Autoscaler(
            target_concurrency=4, min_containers=1, buffer_containers=1
        ),
    }
    return [
        _run(
            name,
            lambda draws, until_s: arrivals.day(mean_per_s, until_s, draws, night=0.004),
            scaler,
            days * arrivals.DAY_S,
            seed,
        )
        for name, scaler in choices.items()
    ]


def a_burst(seed: int, *, calls: int = 60, until_s: float = 1200.0) -> Sequence[Run]:
    """Many callers at once, from nothing: how many containers, and how calls spread over them."""

    def times(draws: random.Random, until_s: float) -> Iterator[float]:
        return iter(sorted(60 + draws.uniform(0, 2) for _ in range(calls)))

    return [
        _run(
            f"target {target}, queue {queued}",
            times,
            Autoscaler(target_concurrency=target),
            until_s,
            seed,
            Container(slots=CONTAINER.slots, queued=queued),
        )
        for target, queued in ((4, 64), (4, 4), (8, 64), (8, 4), (32, 64))
    ]


def rare_calls(seed: int, *, days: float = 2.0) -> Sequence[tuple[float, Run]]:
    """Calls per hour, and the run: how often scale-to-zero makes one wait for a start."""

    def times(per_hour: float) -> Times:
        return lambda draws, until_s: arrivals.poisson(per_hour / 3600, until_s, draws)

    return [
        (
            per_hour,
            _run(
                f"window {window} s",
                times(per_hour),
                Autoscaler(target_concurrency=4, scaledown_window_s=window),
                days * arrivals.DAY_S,
                seed,
            ),
        )
        for window in (60, 300, 1800)
        for per_hour in (1, 2, 4, 8, 16, 32, 64)
    ]
