"""The language wall alone: an attack behind it, in a process that nothing else confines."""

from __future__ import annotations

from pathlib import Path

from cloche_server.walls.language import LanguageWall, compile_technique

from tests.attacks import unconfined
from tests.attacks.attack import load
from tests.attacks.scene import planted
from tests.attacks.unconfined import Outcome

__all__ = ["Outcome", "attempt"]


def attempt(
    path: Path,
    wall: LanguageWall,
    subjects: unconfined.Subjects,
    folder: Path,
    *,
    fast: bool = True,
) -> Outcome:
    """Runs the attack at `path` and says what was seen of it from outside.

    Args:
        folder: an empty one, which the attack may write to.
        fast: whether rewritten code may leave guards out.
    """
    attack = load(path)

    def execute(write: unconfined.Write) -> unconfined.Namespace:
        compiled = compile_technique(attack.source, fast=fast)
        namespace = wall.namespace(write=write, progress=lambda *report: None)
        exec(compiled.code, namespace)
        return namespace

    with planted(folder) as scene:
        return unconfined.run(attack, execute, subjects, scene)
