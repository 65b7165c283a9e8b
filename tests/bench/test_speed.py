"""What is said of times is no more than they show."""

from __future__ import annotations

import json

import pytest

from bench.speed.measure import Burst, Calls, Memory
from bench.speed.report import Run, as_json, as_markdown
from bench.speed.sample import Spread, differences, ratios


def run(forward: list[float]) -> Run:
    """One in which the bare function takes a tenth of a second each time."""
    return Run(
        machine={"processors": "2"},
        others=0.25,
        model="tiny",
        threads=1,
        calls={
            "forward pass": {
                "bare": Calls([0.1] * len(forward), 0.4),
                "Cloche, client.run": Calls(forward, 0.8),
            }
        },
        bursts=[Burst("forward pass", "Cloche, Execute", 8, [9.0, 9.0, 9.5], [120.0] * 3)],
        bare_rates={"forward pass": [10.0, 10.0]},
        memory=Memory([27_000_000], [90_000_000]),
        first_answer_s={"Cloche": [3.0, 4.0]},
    )


def test_a_spread_is_that_of_its_values() -> None:
    found = Spread.of([float(value) for value in range(101)])
    assert (found.low, found.median, found.high, found.p99) == (25.0, 50.0, 75.0, 99.0)
    with pytest.raises(ValueError, match="two values"):
        Spread.of([1.0])


def test_neighbours_are_compared() -> None:
    assert ratios([2.0, 8.0], [1.0, 2.0]).median == 3.0
    assert differences([2.0, 8.0], [1.0, 2.0]).median == 3.5


def test_a_ratio_is_shown_where_its_spread_lets_it() -> None:
    steady = as_markdown(run([0.11, 0.11, 0.12, 0.12]))
    assert "| 1.15 |" in steady
    assert "15.0 (10.0…20.0)" in steady
    wild = as_markdown(run([0.05, 0.1, 0.3, 0.9]))
    assert "too noisy" in wild
    assert "| 0.90 |" in steady, "of many callers"


def test_the_report_says_what_else_the_machine_did() -> None:
    assert "Others took 25% of the processors" in as_markdown(run([0.1, 0.1]))


def test_every_value_is_kept() -> None:
    kept = json.loads(as_json(run([0.11, 0.12])))
    assert kept["calls"]["forward pass"]["Cloche, client.run"]["seconds"] == [0.11, 0.12]
