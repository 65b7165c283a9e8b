"""Walls with a rule taken out, each of which lets something out that is known: it has to be found.

By the names that tests/attacks/teeth gives the rules, or by a weakness of the grammar fuzzer's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from cloche_server.walls.language import LanguageWall

from tests.attacks.teeth.mutation import Removal
from tests.attacks.teeth.rules import Bench
from tests.fuzz.language.weaken import Weakness, readable_insides, real_types


@dataclass(frozen=True)
class Weakened:
    """A wall without some rules, and the unit that has to find it.

    names: of the base, which a class of the unit takes. Empty for the unit that reads.
    """

    word: str
    removals: tuple[Removal, ...] = ()
    weakness: Weakness | None = None
    base: str = ""
    names: tuple[str, ...] = field(default=())

    @contextlib.contextmanager
    def applied(self, bench: Bench, wall: LanguageWall) -> Iterator[Any]:
        """For a process that is thrown away."""
        bench.remove((each.rule, each.instead) for each in self.removals)
        with self.weakness(wall) if self.weakness is not None else contextlib.nullcontext():
            yield


_BODY: Final = Removal(
    "ClassGuard.build_class calls self._check_private(name, resolved, namespace)"
)

WEAKENED: Final = (
    Weakened(
        "a register is computed, and numpy is answered out of it",
        (
            _BODY,
            Removal("adapter functools.cached_property"),
            Removal("hardened Module.__getattr__"),
        ),
        base="torch.nn.Module",
        names=("_parameters",),
    ),
    Weakened(
        "a private method is overridden, and handed the library's own functions",
        (_BODY,),
        base="torch.nn.Module",
        names=("_apply", "_named_members"),
    ),
    Weakened(
        "descriptors of classes in C are handed out",
        (Removal("list _SLOTS", lambda old: frozenset()),),
    ),
    Weakened("special names of functions and methods are read", weakness=readable_insides),
    Weakened("`type(x)` gives the class itself", weakness=real_types),
)
