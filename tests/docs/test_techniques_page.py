"""docs/techniques.md: each block runs, and shows what is."""

from __future__ import annotations

import linecache
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cloche import InterpClient
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil import Example

    from tests.support.server import RunningServer

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/techniques.md"


@pytest.fixture
def client(server: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=server.address, progress=False) as made:
        yield made


def _as_cell(block: Example) -> None:
    """Runs a block as a notebook runs a cell: its functions have source that can be sent."""
    name, text = f"<techniques.md, line {block.line}>", str(block.parsed)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec", dont_inherit=True), block.namespace)


def test_every_block_runs(client: InterpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    document = Sybil(parsers=[CodeBlockParser("python", _as_cell)], path=str(ROOT)).parse(PAGE)
    found: dict[str, Any] = document.namespace
    found["client"] = client
    blocks = list(document.examples())
    for block in blocks:
        block.evaluate()
    assert len(blocks) == PAGE.read_text().count("```python")
    assert len(found["words"]) == len(found["top"]) == 3
    assert callable(found["norms"])  # the block that shows the result came last
    assert found["size"] > 0


def test_the_result_shown_is_the_result(client: InterpClient) -> None:
    from cloche import convert_technique_to_standalone

    text = PAGE.read_text()
    backend = text.split("BACKEND = '''\n")[1].split("'''\n```")[0]
    shown = text.split("to keep and to read:\n\n```python\n")[1].split("```")[0]
    assert convert_technique_to_standalone(backend) == shown
    assert len(client.run(shown, ["Paris", "Rome"])) == 4


def test_example_runs(tiny_model: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    (tmp_path / "next_token.py").write_text((ROOT / "techniques/next_token.py").read_text())
    (tmp_path / "thief.py").write_text("import os\ndef thief(model, tokenizer): ...\n")
    (tmp_path / "torn.py").write_text("def torn(:\n")
    paths = [str(ROOT / "client"), str(ROOT / "server"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "examples/techniques_from_files.py", str(tiny_model), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    first, second, third, *top = done.stdout.splitlines()
    assert first.split() == ["next_token", "ready"]
    assert second.startswith("thief")
    assert "import of 'os' refused" in second
    assert third.startswith("torn")
    assert "torn.py:1:10: invalid syntax" in third
    assert len(top) >= 10
    assert "not loaded: " in done.stderr
