"""The simulation agrees with what is known without it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from bench import simulate_scale
from bench.scale import arrivals
from bench.scale.closed_forms import cold_share, erlang_c, mean_wait_s
from bench.scale.prices import GPU_USD_PER_S, Price
from bench.scale.report import summarize
from bench.scale.settings import Autoscaler, Container, Technique
from bench.scale.simulation import Outcome, simulate

ROOT = Path(__file__).parents[2]
WARM = Container(slots=4, queued=math.inf, cold_median_s=0.0)
ONE = Autoscaler(min_containers=1, max_containers=1)


def run(times: Iterable[float], mean_s: float = 1.0, **options: Any) -> Outcome:
    given: dict[str, Any] = {
        "scaler": Autoscaler(target_concurrency=4, scaledown_window_s=60),
        "container": Container(slots=4, cold_median_s=30, cold_p95_s=60),
        "until_s": 10_000.0,
        "seed": 1,
        **options,
    }
    return simulate(times, Technique(mean_s=mean_s), **given)


def test_erlang_c_against_tables() -> None:
    assert erlang_c(1, 0.5) == pytest.approx(0.5)  # M/M/1: the load itself
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert mean_wait_s(1, 0.5, 1.0) == pytest.approx(1.0)


@pytest.mark.parametrize("load", [1.5, 3.0])
def test_one_warm_container_is_m_m_c(load: float) -> None:
    until = 15_000.0
    times = arrivals.poisson(load, until, random.Random(3))
    outcome = run(times, container=WARM, scaler=ONE, until_s=until)
    waits = [call.began_s - call.came_s for call in outcome.calls]
    assert sum(waits) / len(waits) == pytest.approx(mean_wait_s(4, load, 1.0), rel=0.1)
    share = sum(wait > 0 for wait in waits) / len(waits)
    assert share == pytest.approx(erlang_c(4, load), rel=0.05)


def test_rare_calls_find_nothing_running_as_often_as_gaps_are_long() -> None:
    until = 1_000_000.0
    times = arrivals.poisson(0.01, until, random.Random(4))
    container = Container(slots=4, cold_median_s=0.001, cold_p95_s=0.002)
    outcome = run(times, 0.001, container=container, until_s=until)
    share = sum(call.cold for call in outcome.calls) / len(outcome.calls)
    assert share == pytest.approx(cold_share(0.01, 60), rel=0.05)


PROFILES: dict[str, Callable[[random.Random], Iterable[float]]] = {
    "poisson": lambda draws: arrivals.poisson(0.5, 10_000, draws),
    "day": lambda draws: arrivals.day(0.5, 10_000, draws),
    "bursts": lambda draws: arrivals.bursts(900, 300, 10_000, draws),
}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("most", "routing"), [(1, "spread"), (3, "pack"), (50, "spread")])
def test_each_call_is_answered_once(profile: str, most: int, routing: Any) -> None:
    times = list(PROFILES[profile](random.Random(5)))
    assert times == sorted(times)
    assert all(0 <= at < 10_000 for at in times)
    scaler = Autoscaler(
        target_concurrency=4, max_containers=most, scaledown_window_s=60, routing=routing
    )
    outcome = run(times, scaler=scaler, until_s=1_000_000)
    assert (outcome.came, outcome.unanswered) == (len(times), 0)
    assert sorted(call.came_s for call in outcome.calls) == pytest.approx(times)
    assert all(call.came_s <= call.began_s <= call.ended_s for call in outcome.calls)
    assert max(containers for _, containers, _ in outcome.history) <= most
    # No container does more at once than it has slots for.
    busy_s = sum(call.ended_s - call.began_s for call in outcome.calls)
    assert busy_s <= outcome.container_s * 4


def test_scaled_to_zero_costs_nothing() -> None:
    assert run([]).container_s == 0
    fixed = Container(slots=4, cold_median_s=30, cold_p95_s=30)
    once = simulate(
        [100.0],
        Technique(mean_s=2, spread="fixed"),
        scaler=Autoscaler(scaledown_window_s=60),
        container=fixed,
        until_s=1e6,
        seed=1,
    )
    # It starts, computes, idles for the window, and ends: nothing after that is paid for.
    assert once.container_s == pytest.approx(30 + 2 + 60, abs=0.01)
    assert once.calls[0].latency_s == pytest.approx(32)
    assert once.calls[0].cold


def test_kept_warm_is_paid_for_and_never_cold() -> None:
    outcome = run([5_000.0], scaler=Autoscaler(min_containers=2))
    assert outcome.container_s == pytest.approx(2 * 10_000)
    assert not outcome.calls[0].cold


def test_packed_calls_let_containers_end() -> None:
    times = list(arrivals.day(0.5, arrivals.DAY_S / 4, random.Random(7), night=0.5))
    spread, packed = (
        run(times, 5.0, scaler=Autoscaler(target_concurrency=4, routing=routing), until_s=21_600)
        for routing in ("spread", "pack")
    )
    assert packed.container_s < spread.container_s


def test_a_buffer_takes_the_second_burst() -> None:
    def p95(buffer: int) -> float:
        times = [100.0 + 0.01 * i for i in range(4)] + [300.0 + 0.01 * i for i in range(12)]
        scaler = Autoscaler(target_concurrency=4, buffer_containers=buffer, scaledown_window_s=400)
        outcome = run(times, 20.0, scaler=scaler)
        return summarize(outcome, Price()).p95_s

    assert p95(2) < p95(0)


def test_the_same_seed_gives_the_same_outcome() -> None:
    times = list(PROFILES["bursts"](random.Random(6)))
    assert run(times) == run(times)
    assert run(times) != run(times, seed=2)


def test_a_price_is_the_sum_of_its_parts() -> None:
    bare = Price(cpu_cores=0, memory_gib=0, gpu="L4")
    assert bare.usd_per_thousand(3600, 1000) == pytest.approx(GPU_USD_PER_S["L4"] * 3600)
    assert Price(gpu="H100").usd_per_s > Price(gpu="L4").usd_per_s > Price().usd_per_s > 0


def test_nothing_answered_is_no_summary() -> None:
    with pytest.raises(ValueError, match="no call was answered"):
        summarize(run([]), Price())


def test_the_program_prints_its_tables_and_draws_small_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = []
    for folder in ("one", "two"):
        simulate_scale.main(["--days", "0.02", "--gpu", "H100", "--plots", str(tmp_path / folder)])
        drawn.append([path.read_bytes() for path in sorted((tmp_path / folder).iterdir())])
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 4
    assert all(len(data) < 150 << 10 and b"<svg" in data for data in drawn[0])
    told = capsys.readouterr().out
    assert "| window 300 s, packed |" in told
    assert "| H100 | 4.27 |" in told


def test_the_page_shows_what_the_program_prints() -> None:
    page = (ROOT / "docs/scaling.md").read_text()
    for gpu in GPU_USD_PER_S:
        assert f"| {gpu} | {Price(gpu=gpu).usd_per_s * 3600:.2f} |" in page
    for name in ("day", "cost", "burst", "cold"):
        assert f"](pictures/scaling-{name}.svg)" in page
        assert (ROOT / f"docs/pictures/scaling-{name}.svg").stat().st_size < 150 << 10
