"""A hostile server costs a caller little time and memory, and tells a terminal nothing."""

from __future__ import annotations

import ast
import re
import time
import unicodedata
from pathlib import Path

import pytest
from cloche import InterpClient
from cloche.client import watchdog as watchdog
from cloche.client.info import server_info
from cloche.contract import errors
from cloche.contract.errors import ClocheError

from tests.client.hostile_server import TERMINAL, info, lie, lying

LIES = sorted((Path(__file__).parent / "hostile").glob("*.py"))
SOURCE = "def f(model, tokenizer): return 1\n"
OBEYED = [each for each in set(TERMINAL) if not each.isprintable()]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's own ends, which are far off for honest servers' sake, come soon."""
    monkeypatch.setattr(watchdog, "PROBE_AFTER_S", 0.5)
    monkeypatch.setattr(watchdog, "QUEUE_S", 2.0)
    monkeypatch.setattr(watchdog, "MARGIN_S", 1.0)
    monkeypatch.setattr("cloche.client.call._TIMEOUT_S", 2.0)
    monkeypatch.setattr("cloche.client.call._BUSY_PATIENCE_S", 0.5)


def ends_in(path: Path) -> str:
    found = re.search(r"Ends in: (\w+)", ast.get_docstring(ast.parse(path.read_text())) or "")
    assert found is not None, f"{path}: say what it ends in"
    return found[1]


def outcome(client: InterpClient) -> object:
    """The result, or the error."""
    try:
        return client.run(SOURCE)
    except ClocheError as error:
        return error


@pytest.mark.parametrize("path", LIES, ids=lambda path: path.stem)
def test_a_lie_ends_soon_and_says_nothing_to_a_terminal(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = ends_in(path)
    began = time.monotonic()
    with lying(lie(path)) as address, InterpClient(address=address) as client:
        found = outcome(client)
        took_s = time.monotonic() - began
    if isinstance(found, ClocheError):
        assert isinstance(found, getattr(errors, expected, ())), found
        said = f"{found}\n{vars(found)}"
    else:
        said = str(found)
        assert said == expected
    shown = capfd.readouterr()
    assert not [each for each in OBEYED if each in said + shown.err]
    assert took_s < 25


def test_what_a_server_says_of_itself_can_be_shown() -> None:
    found = server_info(info())
    assert not [each for each in OBEYED if each in repr(found) + str(found)]
    assert found.state_fraction is None
    assert "\x1b" not in found.state_detail
    assert "OWNED" in found.state_detail


def test_what_it_says_of_a_source_can_be_shown() -> None:
    with lying(lambda call: ()) as address, InterpClient(address=address) as client:
        (found,) = client.check(SOURCE)
    assert not [each for each in OBEYED if each in str(found) + found.code]


def test_the_terminals_lie_has_something_of_every_kind() -> None:
    kinds = {unicodedata.category(each) for each in OBEYED}
    assert {"Cc", "Cf", "Zl", "Zp"} <= kinds
