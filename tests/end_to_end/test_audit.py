"""The line that an operator finds for each call of a real server's."""

from __future__ import annotations

import re

import pytest
from cloche.wire import encode

from tests.support.server import RunningServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("serial")


def line_of(server: RunningServer, entry_point: str) -> str:
    """The only one about a call of that name; it is written once the call has ended."""
    found: list[str] = []

    def look() -> bool:
        found[:] = [each for each in server.log().splitlines() if f"={entry_point} " in each]
        return bool(found)

    wait_until(look)
    (line,) = found
    return line


def number(line: str, field: str) -> int:
    match = re.search(rf" {field}=(\d+)\b", line)
    assert match, line
    return int(match[1])


def test_a_call_that_returns_says_what_it_took(server: RunningServer) -> None:
    source = "def audited_one(model, tokenizer, x):\n    print('é')\n    return x * 1000"
    server.execute(source, "ab", entry_point="audited_one")
    line = line_of(server, "audited_one")
    assert "verb=call" in line
    assert " caller=unix:" in line
    assert "outcome=returned" in line
    assert number(line, "arguments_bytes") == len(encode(["ab"]))
    assert number(line, "result_bytes") == len(encode("ab" * 1000))
    assert number(line, "output_bytes") == len("é\n".encode())


def test_a_call_that_ran_out_says_what_it_took(server: RunningServer) -> None:
    source = "def audited_two(model, tokenizer):\n    print('abc')\n    while True: pass"
    server.execute(source, entry_point="audited_two", timeout_s=1)
    line = line_of(server, "audited_two")
    assert line.startswith("WARNING ")
    assert "outcome=TIMEOUT" in line
    assert number(line, "output_bytes") == 4
    assert number(line, "result_bytes") == 0


@pytest.mark.parametrize(
    ("name", "statement", "code", "refused"),
    [
        ("audited_three", "import subprocess; subprocess.run()", "import-refused", "subprocess"),
        ("audited_four", "model.__class__.__subclasses__", "attribute-refused", "__subclasses__"),
        ("audited_five", "getattr(tokenizer, 'save_' + 'pretrained')", "attribute-refused",
         "save_pretrained"),
    ],
)  # fmt: skip
def test_a_refusal_says_the_name(
    server: RunningServer, name: str, statement: str, code: str, refused: str
) -> None:
    server.execute(f"def {name}(model, tokenizer):\n    {statement}", entry_point=name)
    line = line_of(server, name)
    assert f"refused={code} " in line
    assert "outcome=POLICY" in line
    assert number(line, "refused_line") == 2
    assert re.search(rf'refused_what="[^"]*{refused}[^"]*"', line), line
