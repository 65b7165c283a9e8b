"""The figures of docs/scaling.md, as SVG of a few kilobytes; the same runs give the same bytes."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.scale.closed_forms import cold_share
from bench.scale.prices import Price
from bench.scale.report import summarize
from bench.scale.scenarios import Run

_POINTS = 240
_Column = Sequence[float]


def draw(
    folder: Path,
    *,
    day: Sequence[Run],
    burst: Sequence[Run],
    rare: Sequence[tuple[float, Run]],
    price: Price,
) -> list[Path]:
    """Writes one file for each question, and returns them."""
    # Text stays text, and nothing of the moment gets into the file.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "cloche", "font.size": 9}):
        return [
            _save(folder / "scaling-day.svg", _day(day)),
            _save(folder / "scaling-cost.svg", _cost(day, price)),
            _save(folder / "scaling-burst.svg", _burst(burst)),
            _save(folder / "scaling-cold.svg", _cold(rare)),
        ]


def _save(path: Path, figure: Figure) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    return path


def _axes(title: str, x: str, y: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.grid(alpha=0.3)
    return figure, axes


def _sampled(run: Run, until_s: float, column: int) -> tuple[_Column, _Column]:
    """A step function, as seen now and then: the highest value since the look before."""
    at = [row[0] for row in run.outcome.history]
    looks = np.linspace(0, until_s, _POINTS)
    values, first = [], 0
    for look in looks:
        last = bisect.bisect_right(at, look)
        seen = [row[column] for row in run.outcome.history[max(0, first - 1) : last]]
        values.append(max(seen, default=0))
        first = last
    return list(looks), values


def _day(runs: Sequence[Run]) -> Figure:
    figure, axes = _axes("A day: 0.5 calls/s of 5 s on average", "hour", "containers")
    for run in runs[:4]:
        looks, values = _sampled(run, run.outcome.history[-1][0], 1)
        axes.step([look / 3600 for look in looks], values, where="post", label=run.name)
    axes.legend()
    return figure


def _cost(runs: Sequence[Run], price: Price) -> Figure:
    title = f"The same day: waiting against cost ({price.gpu})"
    figure, axes = _axes(title, "USD for a thousand calls", "calls that wait over 1 s, %")
    for run in runs:
        told = summarize(run.outcome, price)
        axes.plot(told.usd_per_thousand, 100 * told.late_share, "o", label=run.name)
    axes.set(xlim=(0, None), ylim=(0, None))
    axes.legend()
    return figure


def _burst(runs: Sequence[Run]) -> Figure:
    figure, axes = _axes("60 calls at once, from nothing", "s", "calls that run or wait")
    until_s = 60 + max(run.outcome.calls[-1].ended_s for run in runs)
    for run in runs:
        most = max(row[1] for row in run.outcome.history)
        axes.plot(*_sampled(run, until_s, 2), label=f"{run.name}: {most} containers")
    axes.legend()
    return figure


def _cold(runs: Sequence[tuple[float, Run]]) -> Figure:
    figure, axes = _axes("Calls that find nothing running", "calls an hour", "share")
    for window in dict.fromkeys(run.scaler.scaledown_window_s for _, run in runs):
        mine = [(rate, run) for rate, run in runs if run.scaler.scaledown_window_s == window]
        rates = [rate for rate, _ in mine]
        shares = [
            sum(call.cold for call in run.outcome.calls) / max(1, len(run.outcome.calls))
            for _, run in mine
        ]
        (line,) = axes.plot(rates, shares, "o", label=mine[0][1].name)
        known = [cold_share(rate / 3600, window) for rate in rates]
        axes.plot(rates, known, color=line.get_color(), alpha=0.5)
    axes.set(xscale="log", ylim=(0, 1))
    axes.legend()
    return figure
