"""CPython's own tests of its language say the same behind the wall: a fixed slice of them.

`python -m tests.conformance` runs all of them; see table.py for what is refused, and why.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import Final

import pytest
from cloche_server.walls.language import LanguageWall, PolicyViolation, compile_technique

from tests.conformance.programs import folder, programs_of, source_of
from tests.conformance.run import Runner, counted
from tests.conformance.slicing import texts_of
from tests.conformance.verdict import verdict

pytestmark = pytest.mark.skipif(
    folder() is None, reason="this Python's distribution has left out the package `test`"
)

#: Each with how many tests must at least say the same.
SLICE: Final = {
    "test_patma": 230,  # those that name locals() are refused before they run
    "test_scope": 20,
    "test_grammar": 45,
    "test_named_expressions": 50,
    "test_raise": 20,
    "test_keywordonlyarg": 8,
    "test_listcomps": 1,
    "test_ordered_dict": 150,
    "test_genericclass": 6,
    "test_property": 5,
    "test_yield_from": 15,
}
#: Whose texts are programs, good and bad.
TEXTS: Final = ("test_syntax", "test_patma", "test_named_expressions", "test_global", "test_future")


@pytest.fixture(scope="module")
def runner(wall: LanguageWall) -> Runner:
    return Runner(wall)


@pytest.mark.parametrize("module", SLICE)
def test_says_the_same_behind_the_wall(module: str, runner: Runner) -> None:
    outcomes = list(runner.run(programs_of(module)))
    wrong = [
        f"{each.name}: {each.walled} (plainly: {each.plain})"
        for each in outcomes
        if verdict(each)[0] in ("different", "unlisted")
    ]
    assert not wrong, "\n".join(wrong)
    assert counted(outcomes)["same"] >= SLICE[module], counted(outcomes)


def test_what_python_refuses_is_refused_in_its_words_and_place() -> None:
    count: Counter[str] = Counter()
    for module in TEXTS:
        for text in texts_of(source_of(module) or "pass"):
            count[_compared(text)] += 1
    assert count["refused by Python"] >= 250, count
    assert count["taken by both"] >= 100, count


def _compared(text: str) -> str:
    """Compiles a text plainly and for the wall, which may refuse more, never less."""
    refusal = None
    try:
        compile(text, "<technique>", "exec", dont_inherit=True)
    except SyntaxError as error:
        refusal = error
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return "not read by Python"
    if refusal is not None:
        with pytest.raises(PolicyViolation) as caught:
            compile_technique(text)
        said = caught.value.diagnostics[0]
        assert said.message == f"syntax error: {refusal.msg}", text
        assert (said.line, said.column) == (refusal.lineno or 1, max(refusal.offset or 1, 1)), text
        return "refused by Python"
    try:
        compile_technique(text)
    except PolicyViolation as violation:
        codes = {each.code for each in violation.diagnostics}
        assert "syntax-error" not in codes, text
        return "refused by the wall"
    return "taken by both"


def test_a_difference_is_seen(runner: Runner) -> None:
    """Teeth: a wall where `!=` of ordered dicts says what it says of dicts."""
    from cloche_server.walls.language.adapters.ordered_dict import OrderedDict

    programs = programs_of("test_ordered_dict")
    original = OrderedDict.__ne__
    OrderedDict.__ne__ = dict.__ne__  # type: ignore[assignment]
    try:
        kinds = {verdict(each)[0] for each in runner.run(programs) if "equality" in each.name}
    finally:
        OrderedDict.__ne__ = original  # type: ignore[method-assign]
    assert "different" in kinds


def test_a_test_is_sliced_with_what_it_needs_and_no_more() -> None:
    source = (
        "import unittest, sys\n"
        "def helper():\n    return other()\n"
        "def other():\n    return 1\n"
        "def unused():\n    return sys.path\n"
        "class T(unittest.TestCase):\n"
        "    def test_one(self):\n        self.assertEqual(helper(), 1)\n"
        "    def test_two(self):\n        unused()\n"
    )
    from tests.conformance.slicing import units_of

    first, second = units_of(source, "test_m", {})
    names = [each.name for each in ast.parse(first.definitions).body]  # type: ignore[attr-defined]
    assert names == ["helper", "other", "T"]
    assert "test_two" not in first.definitions
    assert "unused" in second.definitions
