"""Run attacks on one server in batches: after each batch, look at what the next call finds.

The look costs as much as an attack. Whatever else an attack may do is looked for after each one.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol

from tests.attacks.attack import LEFT_BEHIND, load, name
from tests.attacks.unconfined import Outcome

# ATTACK_BATCH=1 looks after every attack, as `make nightly` does.
SIZE: Final = int(os.environ.get("ATTACK_BATCH", "16"))


class Target(Protocol):
    """A server under attack."""

    def shoot(self, path: Path) -> Outcome:
        """Run an attack; report all that was seen of it but what the next call finds."""
        ...

    def next_call(self) -> str | None:
        """Report in what the next call differs from the first."""
        ...


def batches(paths: Sequence[Path], size: int) -> list[list[Path]]:
    """Split `paths`; an attack on the next call is a batch of its own."""
    alone = [path for path in paths if load(path).kind == LEFT_BEHIND]
    rest = [path for path in paths if path not in set(alone)]
    return [[path] for path in alone] + [rest[n : n + size] for n in range(0, len(rest), size)]


class Range:
    """Shoot at one server for as long as nothing gets through.

    After an escape nothing about a server can be trusted: the next attack gets another one.
    """

    def __init__(
        self,
        start: Callable[[], AbstractContextManager[Target]],
        paths: Sequence[Path],
        size: int = SIZE,
    ) -> None:
        self._start = start
        self._batch = {path: batch for batch in batches(paths, size) for path in batch}
        self._outcomes: dict[Path, Outcome] = {}
        self._stack = contextlib.ExitStack()
        self._target: Target | None = None

    def attempt(self, path: Path) -> Outcome:
        """Run the batch of `path` if it has not been, and answer with the outcome."""
        if path not in self._outcomes:
            self._outcomes |= self._run(self._batch[path])
        return self._outcomes[path]

    def close(self) -> None:
        self._target = None
        self._stack.close()

    def _run(self, paths: list[Path]) -> dict[Path, Outcome]:
        found: dict[Path, Outcome] = {}
        for number, path in enumerate(paths):
            found[path] = self._running().shoot(path)
            if found[path].effect is not None:
                self._give_up()
                # Those before it were not looked over to the end.
                return {
                    **self._run(paths[:number]),
                    path: found[path],
                    **self._run(paths[number + 1 :]),
                }
        effect = self._running().next_call() if paths else None
        if effect is None:
            return found
        self._give_up()
        half = len(paths) // 2
        if half:
            again = self._run(paths[:half]) | self._run(paths[half:])
            if any(each.effect is not None for each in again.values()):
                return again
            effect += f", after these in a row: {', '.join(map(name, paths))}"
        return {**found, paths[-1]: Outcome(effect, found[paths[-1]].text)}

    def _running(self) -> Target:
        if self._target is None:
            self._target = self._stack.enter_context(self._start())
        return self._target

    def _give_up(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):  # it was killed then
            self.close()
