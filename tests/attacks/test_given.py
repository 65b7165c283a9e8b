"""The language wall alone, with one layer gone: the attack is given its own globals dict.

Nothing that a technique can do hands that dict out. Should a rule break that lets one through, it
must gain nothing: guards are constants of the code, and nothing in the dict imports.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cloche_server.walls.language import LanguageWall, compile_technique
from cloche_server.walls.language import wall as wall_module
from cloche_server.walls.language.guards import Guards
from cloche_server.walls.language.rewriting.sealing import SealedCode

from tests.attacks import plain, unconfined
from tests.attacks.attack import load
from tests.attacks.scene import planted
from tests.attacks.unconfined import Outcome, Subjects

ATTACKS = sorted((Path(__file__).parent / "given").glob("*.py"))
SUCCEEDS = [each for each in ATTACKS if not load(each).teethless]


def _stem(path: Path) -> str:
    return path.stem


def attempt(path: Path, wall: LanguageWall, subjects: Subjects, folder: Path) -> Outcome:
    attack = load(path)

    def execute(write: unconfined.Write) -> unconfined.Namespace:
        namespace = wall.namespace(write=write, progress=lambda *report: None)
        exec(compile_technique(attack.source).code, namespace)
        return namespace

    with planted(folder) as scene:
        return unconfined.run(attack, execute, subjects, scene)


@pytest.mark.parametrize("path", ATTACKS, ids=_stem)
def test_the_globals_gain_an_attack_nothing(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    outcome = attempt(path, wall, subjects, tmp_path)
    assert outcome.effect is None, outcome


@pytest.mark.parametrize("path", SUCCEEDS, ids=_stem)
def test_in_plain_python_they_gain_it_everything(
    path: Path, wall: LanguageWall, subjects: Subjects, tmp_path: Path
) -> None:
    outcome = plain.attempt(path, subjects, tmp_path)
    assert outcome.effect is not None, outcome


def _looked_up(guards: Guards, sealed: SealedCode) -> None:
    """As if guards and builtins were found by name, in the dicts that the attack was given."""
    table, namespace = guards.table(), guards.namespace
    places = (namespace, namespace["__builtins__"])

    def guard(name: str) -> Any:
        real = table[name] if name in table else guards.fast.constant(name)
        kind, _, word = name[1:].partition(" ")
        if kind == "known":
            return [object()]
        if kind == "know":
            return lambda value: value
        wanted = {"builtin": word, "build_class": "__build_class__"}.get(kind, name)

        def ask(*args: Any, **options: Any) -> Any:
            found = [place[wanted] for place in places if wanted in place]
            return (found[0] if found else real)(*args, **options)

        return ask if callable(real) and real is not type else real

    exec(sealed.bind(guard), namespace)


NEED_SEALING = ("guards_replaced", "function_replaced", "class_replaced", "builtin_replaced")


@pytest.mark.parametrize("name", [*NEED_SEALING, "class_statement", "import_found_unjudged"])
def test_guards_that_are_looked_up_let_them_escape(
    name: str, wall: LanguageWall, subjects: Subjects, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(Guards, "run", _looked_up)
    if name == "import_found_unjudged":
        monkeypatch.setattr(wall_module, "import_nothing", __import__)
    (path,) = (each for each in ATTACKS if each.stem == name)
    outcome = attempt(path, wall, subjects, tmp_path)
    assert outcome.effect is not None, outcome


@pytest.mark.parametrize("name", ["import_found", "import_found_unjudged"])
@pytest.mark.parametrize("gone", ["the import", "the sealing"])
def test_one_layer_holds_imports_without_the_other(
    name: str, gone: str, wall: LanguageWall, subjects: Subjects, tmp_path: Path, monkeypatch: Any
) -> None:
    if gone == "the import":
        monkeypatch.setattr(wall_module, "import_nothing", __import__)
    else:
        monkeypatch.setattr(Guards, "run", _looked_up)
    (path,) = (each for each in ATTACKS if each.stem == name)
    outcome = attempt(path, wall, subjects, tmp_path)
    assert outcome.effect is None, outcome
