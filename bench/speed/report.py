"""The figures as text, as JSON and as pictures."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.speed.measure import Burst, Calls, Memory
from bench.speed.sample import Spread, differences, ratios

_NOISY = "too noisy"
# What is so many times as long is compared with next to nothing.
_NEXT_TO_NOTHING = 10.0


@dataclass(frozen=True)
class Run:
    """One run of everything."""

    machine: dict[str, str]
    #: The share of the processors that others took, 0 to 1.
    others: float
    model: str
    threads: int
    #: By workload, then by way; the first way is what the others are compared with.
    calls: dict[str, dict[str, Calls]]
    bursts: list[Burst]
    #: Calls a second of the bare function, one after another, by workload.
    bare_rates: dict[str, list[float]]
    memory: Memory
    #: Seconds from a process's start to its first answer, by way.
    first_answer_s: dict[str, list[float]]


def as_json(run: Run) -> str:
    """Every single value."""
    return json.dumps(asdict(run), indent=1)


def as_markdown(run: Run) -> str:
    """Tables: medians, spreads, and ratios where they mean something."""
    parts = [_head(run), _calls(run), _bursts(run), _rest(run)]
    return "\n\n".join(parts) + "\n"


def draw(run: Run, folder: Path) -> list[Path]:
    """Writes the pictures, and returns where they are."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "cloche"
    from matplotlib import pyplot

    names = list(run.calls)
    figure, axes = pyplot.subplots(1, len(names), figsize=(3 * len(names), 3.4))
    for name, axis in zip(names, axes, strict=True):
        by_way = run.calls[name]
        axis.boxplot(
            [[1e3 * each for each in calls.seconds] for calls in by_way.values()],
            orientation="horizontal",
            showfliers=False,
            tick_labels=list(by_way) if name == names[0] else [""] * len(by_way),
        )
        axis.set_title(name, fontsize=9)
        axis.set_xlabel("ms a call", fontsize=8)
        axis.set_xlim(left=0)
        axis.invert_yaxis()
    figure.tight_layout()
    path = folder / "call-times.svg"
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return [path]


def _head(run: Run) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in run.machine.items())
    return (
        f"{run.model}, {run.threads} threads. {facts}. Others took {run.others:.0%} of the "
        "processors meanwhile."
    )


def _calls(run: Run) -> str:
    rows = ["| workload | way | ms, median (quartiles) | p99 | over bare, ms | ratio | CPU, ms |"]
    rows.append("|---|---|---|---|---|---|---|")
    for workload, by_way in run.calls.items():
        base = next(iter(by_way.values()))
        for way, calls in by_way.items():
            time = Spread.of(calls.seconds)
            processor = 1e3 * calls.processor_s / len(calls.seconds)
            over = ratio = "–"
            if calls is not base:
                over = _milliseconds(differences(calls.seconds, base.seconds))
                ratio = _ratio(ratios(calls.seconds, base.seconds))
            rows.append(
                f"| {workload} | {way} | {_milliseconds(time)} | {1e3 * time.p99:.1f} | {over} | "
                f"{ratio} | {processor:.1f} |"
            )
    return "\n".join(rows)


def _bursts(run: Run) -> str:
    rows = ["| workload | way | callers | calls a second (range) | of bare | CPU a call, ms |"]
    rows.append("|---|---|---|---|---|---|")
    for name, rates in run.bare_rates.items():
        rows.append(f"| {name} | bare | 1 | {_range(rates)} | 1 | – |")
    for each in run.bursts:
        bare = run.bare_rates.get(each.workload)
        share = "–"
        if bare:
            spread = Spread.of([rate / median(bare) for rate in each.calls_per_s])
            share = f"{spread.median:.2f}" if spread.is_meaningful else _NOISY
        rows.append(
            f"| {each.workload} | {each.way} | {each.callers} | {_range(each.calls_per_s)} | "
            f"{share} | {median(each.processor_ms):.1f} |"
        )
    return "\n".join(rows)


def _rest(run: Run) -> str:
    private = median(run.memory.private) / 1e6
    proportional = median(run.memory.proportional) / 1e6
    idle = (
        f"A sandbox that waits has {private:.1f} MB of its own, {proportional:.1f} MB with its "
        f"part of what it shares (median of {len(run.memory.private)})."
    )
    lines = [
        idle,
        "",
        "| from start to first answer | s |",
        "|---|---|",
        *(f"| {way} | {_range(values, 1)} |" for way, values in run.first_answer_s.items()),
    ]
    return "\n".join(lines)


def _milliseconds(found: Spread) -> str:
    return f"{1e3 * found.median:.1f} ({1e3 * found.low:.1f}…{1e3 * found.high:.1f})"


def _ratio(found: Spread) -> str:
    """As text: said to be noise where its spread says so, and left out next to nothing."""
    if found.median > _NEXT_TO_NOTHING:
        return "–"
    return f"{found.median:.2f}" if found.is_meaningful else _NOISY


def _range(values: list[float], digits: int = 1) -> str:
    shown = f"{median(values):.{digits}f}"
    if len(values) > 1:
        shown += f" ({min(values):.{digits}f}…{max(values):.{digits}f})"
    return shown


def summary(run: Run) -> dict[str, Any]:
    """The few figures that have limits, by name: docs/performance.md says which."""
    trivial = run.calls["trivial"]
    forward = run.calls["forward pass"]
    base = forward["bare"].seconds
    over = differences(forward["Cloche, client.run"].seconds, base)
    return {
        "trivial, Execute, ms": 1e3 * Spread.of(trivial["Cloche, Execute"].seconds).median,
        "trivial, client.run, ms": 1e3 * Spread.of(trivial["Cloche, client.run"].seconds).median,
        "forward pass over bare, ms": 1e3 * over.median,
        "forward pass over bare, p99, ms": 1e3 * over.p99,
        "memory of a sandbox, MB": median(run.memory.private) / 1e6,
    }
