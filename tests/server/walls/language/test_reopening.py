"""A namespace that a session's programs run in, one after the other."""

from __future__ import annotations

from typing import Any

import pytest
from cloche_server.walls.language import AccessRefused, LanguageWall, compile_technique
from cloche_server.walls.language.rewriting.sealing import ENTER
from cloche_server.walls.language.wall import reopening


class Rooms:
    """One namespace, and what has to be done before each further program."""

    def __init__(self, wall: LanguageWall) -> None:
        self.namespace: dict[str, Any] = wall.namespace(
            write=lambda text: None, progress=lambda done, total, note: None
        )
        self.reopen = reopening(self.namespace)
        self.first = True

    def run(self, source: str) -> Any:
        if not self.first:
            self.reopen()
        self.first = False
        compiled = compile_technique(source)
        exec(compiled.code, self.namespace)
        return self.namespace[compiled.functions[-1]](None, None)


@pytest.fixture
def rooms(wall: LanguageWall) -> Rooms:
    return Rooms(wall)


def test_names_stay_and_are_ones_own(rooms: Rooms) -> None:
    rooms.run("class A:\n    x = 1\n\ndef f(model, tokenizer):\n    global a\n    a = A()\n")
    source = "def g(model, tokenizer):\n    a.y = A.x + 1\n    return [each(a) for each in (h,)]\n"
    assert rooms.run("def h(a):\n    return a.y\n\n" + source) == [2]


def test_no_way_in_is_left_open(rooms: Rooms) -> None:
    for _ in range(3):
        rooms.run("def f(model, tokenizer):\n    pass\n")
        assert ENTER not in rooms.namespace["__builtins__"]
    compiled = compile_technique("def f(model, tokenizer):\n    pass\n")
    with pytest.raises(NameError):
        exec(compiled.code, rooms.namespace)


def test_a_later_program_is_guarded_as_the_first(rooms: Rooms) -> None:
    rooms.run("def f(model, tokenizer):\n    pass\n")
    with pytest.raises(AccessRefused):
        rooms.run("def f(model, tokenizer):\n    return getattr(f, '__glo' + 'bals__')\n")


def test_nothing_stands_in_for_what_is_entered_by(rooms: Rooms) -> None:
    """Should a program ever bind the name, or others' builtins, the next one does not find it."""
    rooms.run("def f(model, tokenizer):\n    pass\n")
    caught: list[object] = []
    rooms.namespace[ENTER] = caught.append
    rooms.namespace["__builtins__"] = {ENTER: caught.append}
    assert rooms.run("def f(model, tokenizer):\n    return 1\n") == 1
    assert not caught
