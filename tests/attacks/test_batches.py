"""Batches find the attack that changed the next call, and forget none."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.batches import Range, batches
from tests.attacks.unconfined import Outcome

ATTACK = '"""Class: {}. Source: own find. Escape: none."""\n'
NAMES = "abcdefghijklmnopqrs"


class Server:
    """A target that remembers what it was shot with."""

    def __init__(self, seen: set[str], changing: set[str]) -> None:
        self.shot: list[str] = []
        self._seen = seen
        self._changing = changing

    def shoot(self, path: Path) -> Outcome:
        self.shot.append(path.stem)
        return Outcome("seen" if path.stem in self._seen else None, "text")

    def next_call(self) -> str | None:
        return "changed" if self._changing and self._changing <= set(self.shot) else None


class Servers:
    def __init__(self, *, seen: str = "", changing: str = "") -> None:
        self.started: list[Server] = []
        self._effects = (set(seen), set(changing))

    @contextlib.contextmanager
    def start(self) -> Iterator[Server]:
        server = Server(*self._effects)
        self.started.append(server)
        yield server


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{name}.py" for name in NAMES]
    for path in found:
        path.write_text(ATTACK.format("x"))
    return found


def effects(servers: Servers, paths: list[Path]) -> dict[str, str]:
    """What a run with batches of eight reports."""
    shots = Range(servers.start, paths, 8)
    outcomes = {path.stem: shots.attempt(path).effect for path in paths}
    assert {name for server in servers.started for name in server.shot} == set(NAMES)
    return {name: effect for name, effect in outcomes.items() if effect is not None}


def test_nothing_is_found_of_nothing(paths: list[Path]) -> None:
    servers = Servers()
    assert effects(servers, paths) == {}
    (server,) = servers.started
    assert server.shot == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_attack_that_changed_the_next_call_is_named(paths: list[Path], name: str) -> None:
    assert effects(Servers(changing=name), paths) == {name: "changed"}


@pytest.mark.parametrize("seen", ["a", "h", "ad", "gh", "is", "abcdefgh"])
def test_what_is_seen_at_once_is_of_its_attack_alone(paths: list[Path], seen: str) -> None:
    """And what was shot at the same server before it is looked over again, on another."""
    servers = Servers(seen=seen)
    assert effects(servers, paths) == dict.fromkeys(seen, "seen")
    used = [server.shot[-1] for server in servers.started if set(server.shot) & set(seen)]
    assert sorted(used) == sorted(seen)  # nothing was shot at a server after an escape


def test_one_that_is_seen_does_not_hide_one_that_is_not(paths: list[Path]) -> None:
    assert effects(Servers(seen="f", changing="b"), paths) == {"b": "changed", "f": "seen"}


def test_what_only_several_do_together_is_not_passed_over(paths: list[Path]) -> None:
    found = effects(Servers(changing="bg"), paths)
    assert found.keys() == {"h"}
    assert found["h"].startswith("changed, after these in a row: ")


def test_an_attack_on_the_next_call_is_looked_at_alone(paths: list[Path]) -> None:
    paths[3].write_text(ATTACK.format("what a call leaves behind"))
    made = batches(paths, 8)
    assert [paths[3]] in made
    assert sorted(path for batch in made for path in batch) == paths
    assert max(map(len, made)) == 8
