"""What is mended in an old interpreter: that it is, and that lists compare as before."""

from __future__ import annotations

import operator
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cloche_server.walls.language import interpreter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


class Derived(list[object]):
    """Made before anything is mended."""


@pytest.fixture
def mended() -> Iterator[None]:
    interpreter.patch_interpreter()
    yield
    interpreter.restore_interpreter()


nested = st.recursive(
    st.integers(0, 2) | st.text("ab", max_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(Derived),
    max_leaves=6,
)
lists = st.lists(nested, max_size=3) | st.lists(nested, max_size=3).map(Derived)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists, lists)
def test_lists_compare_as_before(mended: None, left: list[object], right: list[object]) -> None:
    def outcomes() -> list[object]:
        found: list[object] = []
        for name in ("lt", "le", "gt", "ge", "eq", "ne"):
            try:
                found.append(getattr(operator, name)(left, right))
            except TypeError as error:
                found.append(str(error))
        return found

    interpreter.restore_interpreter()
    before = outcomes()
    interpreter.patch_interpreter()
    assert outcomes() == before


@pytest.mark.parametrize("kind", [list, Derived])
def test_what_is_compared_is_held(mended: None, kind: type[list[object]]) -> None:
    emptied = []

    class Emptying:
        def __lt__(self, other: object) -> bool:
            left.clear()
            right.clear()
            emptied.append(sys.getrefcount(other))
            return True

    left, right = kind([Emptying()]), kind([Emptying()])
    assert left < right
    # The copy's, the caller's, this function's, and the one of the call that counts.
    assert emptied[0] > 2
    assert not interpreter.borrows_items()


def test_an_interpreter_that_cannot_be_mended_is_refused() -> None:
    program = (
        "from cloche_server.walls.language import interpreter\n"
        "interpreter.borrows_items = lambda: True\n"
        "interpreter.patch_interpreter()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert "InterpreterError" in done.stderr
    assert "run 3.13 or 3.12.5 and later" in done.stderr


def test_what_other_classes_keep_is_theirs(mended: None) -> None:
    class Reversed(list[object]):
        def __lt__(self, other: object) -> bool:
            return True

    assert Reversed([2]) < [1]
    with pytest.raises(TypeError, match="not supported between instances of 'list' and 'tuple'"):
        [1] < (2,)  # noqa: B015
    with pytest.raises(TypeError):
        list.__lt__ = operator.lt  # type: ignore[method-assign,assignment]
