"""Declare what the zygote asks of a backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

# What a sandbox does to have the weights, given its descriptors of them.
Prepare = Callable[[Sequence[int]], None]


@dataclass(frozen=True)
class Finding:
    """What an audit saw; `detail` says what was looked at, and where it differs if it does."""

    intact: bool
    detail: str


class Audit(Protocol):
    """Looks whether the weights are as they were loaded; in a process that runs nothing else."""

    def __call__(self) -> Finding: ...


@dataclass(frozen=True, kw_only=True)
class HeldWeights:
    """How the sandboxes of one zygote get their weights.

    `name` is the backend's. `early` runs in a new sandbox before its lockdown. `prepare`, where
    there is one, runs between the lockdown's halves and gets `descriptors`, closed behind it.
    """

    name: str
    size_bytes: int
    early: Callable[[], None]
    prepare: Prepare | None = None
    descriptors: tuple[int, ...] = ()
    audit: Audit | None = None

    def prepare_here(self) -> None:
        """In a fork of the zygote that is not locked down."""
        self.early()
        if self.prepare is not None:
            self.prepare(self.descriptors)
