"""Units of the search, each in a fork: a crash ends one of them, and is a finding."""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from cloche_server.walls.language import LanguageWall

from tests.fuzz.language.run import in_fork
from tests.fuzz.language.session import Exhibits, Outcome

from .hostile import WAYS, Maker, makers
from .search import Search, callables_of, roots_of

_OUT_OF_TIME: Final = "out of time"
#: Not called: they take their time, or end what runs.
_NOT_CALLED: Final = frozenset({"time.sleep"})
_CALLS_IN_A_UNIT: Final = 40
_NAMES_IN_A_UNIT: Final = 4


@dataclass(frozen=True)
class Unit:
    """One fork's work: reading from everywhere, calling some callables, or asking some classes."""

    word: str
    calls: tuple[int, int] | None = None
    maker: Maker | None = None
    names: tuple[str, ...] = ()


@dataclass
class Tally:
    units: int = 0
    ends: collections.Counter[str] = field(default_factory=collections.Counter)
    steps: collections.Counter[str] = field(default_factory=collections.Counter)
    classes: collections.Counter[str] = field(default_factory=collections.Counter)


class Hunt:
    def __init__(self, wall: LanguageWall, exhibits: Exhibits, folder: Path, seed: int) -> None:
        self.wall = wall
        self.tally = Tally()
        self._exhibits, self._folder, self._seed = exhibits, folder, seed

    def units(self, attempts: int) -> list[Unit]:
        """All there is to search, reading first, the rest in an order of the seed's."""
        found = [
            Unit(f"classes of {maker.expression}", maker=maker, names=tuple(names))
            for maker in makers(self.wall.catalogue)
            for names in _parts(maker.names(), _NAMES_IN_A_UNIT)
        ]
        count = sum(len(each) for each in self.wall.catalogue.modules.values())
        found += [
            Unit(f"calls {start}", calls=(start, attempts))
            for start in range(0, count, _CALLS_IN_A_UNIT)
        ]
        Random(self._seed).shuffle(found)
        return [Unit("reads"), *found]

    def run(
        self, unit: Unit, weakened: AbstractContextManager[Any] | None = None
    ) -> list[tuple[str, str]]:
        """What was found, each with the step that it came with.

        Args:
            weakened: what takes a rule out of the wall, in the unit's own process.
        """

        def work(note: Any) -> Outcome:
            with weakened or contextlib.nullcontext():
                return search_for(note)

        def search_for(note: Any) -> Outcome:
            search = Search(self.wall, self._exhibits, note)
            if unit.maker is not None:
                for name in unit.names:
                    for word, source in unit.maker.sources(name, WAYS):
                        search.ask(word, source)
            elif unit.calls is not None:
                start, attempts = unit.calls
                for path, value in callables_of(search)[start : start + _CALLS_IN_A_UNIT]:
                    if path not in _NOT_CALLED:
                        search.call_all(path, value, attempts, self._seed)
            else:
                search.walk(roots_of(search))
            return search.outcome

        end, outcome, noted = in_fork(work, self._folder)
        self.tally.units += 1
        self.tally.ends[end] += 1
        if outcome is not None:
            self.tally.steps += outcome.statements
            self.tally.classes += outcome.census
            return outcome.findings
        # A technique may take its time: the server ends it. Any other death is a finding.
        return [] if end == _OUT_OF_TIME else [(end, noted[-1] if noted else unit.word)]


def unit_of(wall: LanguageWall, base: str, names: tuple[str, ...]) -> Unit:
    """The unit that asks classes of a base for those names, or the one that reads."""
    if not base:
        return Unit("reads")
    maker = next(each for each in makers(wall.catalogue) if each.expression == base)
    return Unit(f"classes of {base}", maker=maker, names=names)


def _parts(names: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]
