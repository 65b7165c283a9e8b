"""Calls, containers and the autoscaler between them, as discrete events.

What is simplified: Modal's autoscaler acts at once; a caller that was turned away comes back the
moment there is room; calls do not slow one another below `slots`; a container is paid for from the
moment it is asked for.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

import simpy

from bench.scale.settings import Autoscaler, Container, Technique

_Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Call:
    """One call that was answered."""

    came_s: float
    began_s: float
    ended_s: float
    # No container was ready when it came.
    cold: bool

    @property
    def latency_s(self) -> float:
        return self.ended_s - self.came_s


@dataclass(frozen=True)
class Outcome:
    """What happened until `until_s`, and the calls that were then still on their way."""

    calls: tuple[Call, ...]
    came: int
    unanswered: int
    container_s: float
    # (second, containers that run or start, calls that run or wait): one row for each change.
    history: tuple[tuple[float, int, int], ...]


class _Running:
    """A container that starts or runs."""

    def __init__(self, env: simpy.Environment, slots: int) -> None:
        self.slots = simpy.Resource(env, slots)
        self.since_s = env.now
        self.ready = False
        self.calls = 0
        self.idle_since_s = 0.0


class _Site:
    def __init__(
        self, env: simpy.Environment, scaler: Autoscaler, container: Container, seed: int
    ) -> None:
        self.env, self.scaler, self.container = env, scaler, container
        # A stream for each: another setting does not change what it has nothing to do with.
        self.starts = random.Random(f"{seed}/starts")  # noqa: S311  # no secret
        self.durations = random.Random(f"{seed}/durations")  # noqa: S311  # no secret
        self.running: list[_Running] = []
        self.waiting: deque[simpy.Event] = deque()
        self.unfinished = 0
        self.came = 0
        self.answered: list[Call] = []
        self.container_s = 0.0
        self.history: list[tuple[float, int, int]] = []

    def arrive(self, times: Iterable[float], technique: Technique) -> _Process:
        for at in times:
            yield self.env.timeout(at - self.env.now)
            self.env.process(self._call(technique))

    def _call(self, technique: Technique) -> _Process:
        came = self.env.now
        self.came += 1
        self.unfinished += 1
        cold = not any(one.ready for one in self.running)
        self.adjust()
        while (taken := self._choose()) is None:
            turn = self.env.event()
            self.waiting.append(turn)
            yield turn
        taken.calls += 1
        with taken.slots.request() as turn:
            yield turn
            began = self.env.now
            yield self.env.timeout(technique.duration_s(self.durations))
        taken.calls -= 1
        self.unfinished -= 1
        self.answered.append(Call(came, began, self.env.now, cold))
        self._let_in(1)
        if not taken.calls:
            self._idle(taken)
        self.adjust()

    def _choose(self) -> _Running | None:
        most = self.container.slots + self.container.queued
        ready = [one for one in self.running if one.ready and one.calls < most]
        if self.scaler.routing == "pack":
            below = [one for one in ready if one.calls < self.scaler.target_concurrency]
            if below:
                return max(below, key=lambda one: one.calls)
        return min(ready, key=lambda one: one.calls, default=None)

    def _let_in(self, calls: float) -> None:
        while calls > 0 and self.waiting:
            self.waiting.popleft().succeed()
            calls -= 1

    def adjust(self) -> None:
        """Starts what is wanted, and ends what has been idle for long enough."""
        wanted = self.scaler.wanted(self.unfinished)
        while len(self.running) < wanted:
            self.env.process(self._start())
        idle = [one for one in self.running if one.ready and not one.calls]
        for one in sorted(idle, key=lambda one: one.idle_since_s):
            long_enough = self.env.now - one.idle_since_s >= self.scaler.scaledown_window_s
            if len(self.running) > wanted and long_enough:
                self.running.remove(one)
                self.container_s += self.env.now - one.since_s
        self.history.append((self.env.now, len(self.running), self.unfinished))

    def _start(self) -> _Process:
        started = _Running(self.env, self.container.slots)
        self.running.append(started)
        return self._load(started)

    def _load(self, started: _Running) -> _Process:
        yield self.env.timeout(self.container.cold_start_s(self.starts))
        started.ready = True
        self._idle(started)
        self._let_in(self.container.slots + self.container.queued)

    def _idle(self, one: _Running) -> None:
        one.idle_since_s = self.env.now
        self.env.process(self._look_again(one))

    def _look_again(self, one: _Running) -> _Process:
        since = one.idle_since_s
        # A little later than the window ends: rounding must not make it a little earlier.
        yield self.env.timeout(self.scaler.scaledown_window_s + 1e-6)
        if not one.calls and one.idle_since_s == since:
            self.adjust()


def simulate(
    times: Iterable[float],
    technique: Technique,
    *,
    scaler: Autoscaler,
    container: Container,
    until_s: float,
    seed: int,
) -> Outcome:
    """Runs it; the same seed gives the same outcome.

    Args:
        times: when calls come, in order; none at or after `until_s`.
        until_s: when it ends; containers that still run are paid for until then.
    """
    env = simpy.Environment()
    site = _Site(env, scaler, container, seed)
    site.adjust()
    env.process(site.arrive(times, technique))
    env.run(until=until_s)
    paid = site.container_s + sum(until_s - one.since_s for one in site.running)
    return Outcome(
        calls=tuple(site.answered),
        came=site.came,
        unanswered=site.unfinished,
        container_s=paid,
        history=tuple(site.history),
    )
