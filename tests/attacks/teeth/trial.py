"""Runs attacks against a wall that lacks some rules, in a fork that is thrown away."""

from __future__ import annotations

import ast
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.attacks import language_alone
from tests.attacks.attack import HERE
from tests.attacks.teeth.mutation import Removal
from tests.attacks.teeth.rules import Bench

#: The attacks on the language wall, which each of its rules is tried with.
FOLDERS: Final = (HERE / "language", HERE / "given")
_SECONDS: Final = 60


@dataclass(frozen=True)
class Outcome:
    """The effects that were seen, by attack, and how the others ended."""

    effects: dict[str, str]
    endings: dict[str, str]


@dataclass(frozen=True)
class Trial:
    bench: Bench
    subjects: tuple[Any, Any, Any]

    def run(self, removals: Iterable[Removal], attacks: Iterable[str]) -> Outcome:
        """Each attack in a fork of its own."""
        changes = tuple(removals)
        effects: dict[str, str] = {}
        endings: dict[str, str] = {}
        for attack in attacks:
            effect, ending = self._run_one(changes, attack)
            if effect is not None:
                effects[attack] = effect
            else:
                endings[attack] = ending
        return Outcome(effects, endings)

    def _run_one(self, removals: tuple[Removal, ...], attack: str) -> tuple[str | None, str]:
        here = Path(tempfile.mkdtemp(prefix="cloche-teeth-"))
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            self._be_victim(removals, attack, here, writer)
        os.close(writer)
        try:
            with os.fdopen(reader, "rb") as pipe:
                text = pipe.read().decode(errors="replace")
            _, status = os.waitpid(child, 0)
        finally:
            shutil.rmtree(here)
        if not text:
            return None, f"the process ended with status {status} and no answer"
        effect, ending, broken = ast.literal_eval(text)
        if broken:
            raise LookupError(broken)
        return effect, ending

    def _be_victim(
        self, removals: tuple[Removal, ...], attack: str, here: Path, writer: int
    ) -> None:
        try:
            signal.alarm(_SECONDS)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            try:
                self.bench.remove((each.rule, each.instead) for each in removals)
            except Exception as error:
                os.write(writer, repr((None, "", f"cannot be removed: {error!r}")).encode())
                return
            (path,) = (found for each in FOLDERS if (found := each / f"{attack}.py").exists())
            outcome = language_alone.attempt(path, self.bench.wall, self.subjects, here)
            os.write(writer, repr((outcome.effect, outcome.text, "")).encode())
        finally:
            os._exit(0)
