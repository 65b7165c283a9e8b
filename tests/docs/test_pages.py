"""The pages for users: each block runs, and shows what is; each example runs."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cloche import InterpClient
from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser

from tests.support.tiny_adapter import build_tiny_adapter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil import Example

    from tests.support.server import RunningServer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client(server: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=server.address, progress=False) as made:
        yield made


def _as_cell(block: Example) -> None:
    """Runs a block as a notebook runs a cell: its functions have source that can be sent."""
    name, text = f"<{Path(block.path).name}, line {block.line}>", str(block.parsed)
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec", dont_inherit=True), block.namespace)


def _run_blocks(page: str, **given: object) -> dict[str, Any]:
    """What the page's blocks define, run in their order, with what they are given."""
    path = ROOT / "docs" / page
    document = Sybil(parsers=[CodeBlockParser("python", _as_cell)], path=str(ROOT)).parse(path)
    document.namespace.update(given)
    blocks = list(document.examples())
    for block in blocks:
        block.evaluate()
    assert len(blocks) == path.read_text().count("```python") > 0
    return document.namespace


def test_sessions(client: InterpClient) -> None:
    found = _run_blocks("sessions.md", client=client)
    assert len(found["norms"]) == found["layers"]


def test_every_page_with_blocks_is_run() -> None:
    runners = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        if "```python" in page.read_text():
            assert page.name in runners, page


def test_readme(
    client: InterpClient, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "path/or").mkdir(parents=True)
    (tmp_path / "path/or/hub-name").symlink_to(tiny_model)
    monkeypatch.chdir(tmp_path)
    found = _run_blocks("../README.md", client=client)
    assert found["seeded"].address != client.address  # it has started a server of its own


def test_client(client: InterpClient) -> None:
    found = _run_blocks("client.md", client=client)
    assert found["loss"] > 0
    assert found["losses"][0] > 0


def test_techniques(client: InterpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "techniques").symlink_to(ROOT / "techniques")
    monkeypatch.chdir(tmp_path)
    found = _run_blocks("techniques.md", client=client)
    assert len(found["words"]) == len(found["top"]) == 3
    assert callable(found["norms"])  # the block that shows the result came last
    assert found["size"] > 0


def test_models(tiny_model: Path, tmp_path: Path) -> None:
    found = _run_blocks(
        "models.md",
        MODEL=tiny_model,
        ADAPTER=build_tiny_adapter(tmp_path / "first", tiny_model),
        OTHER_ADAPTER=build_tiny_adapter(tmp_path / "second", tiny_model, seed=2),
    )
    assert all(size > 0.1 for size in found["moved"].values())
    assert found["count"] > 10
    assert found["decoded"] == "<bos>hello"
    assert "pirate" not in found["chat"]
    assert found["names"] == [str(tmp_path / "first"), "plain"]
    assert found["plain"] == "LlamaForCausalLM"


def test_tutorial(client: InterpClient, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TUTORIAL_MODEL", str(tiny_model))
    found = _run_blocks("tutorial.md", client=client)
    assert found["client"] is not client  # it has begun with one of its own
    assert found["written"]
    assert found["restored"][0] == found["corrupted"] != found["clean"]


def test_the_result_shown_is_the_result(client: InterpClient) -> None:
    from cloche import convert_technique_to_standalone

    text = (ROOT / "docs/techniques.md").read_text()
    backend = text.split("BACKEND = '''\n")[1].split("'''\n```")[0]
    shown = text.split("for each entry point:\n\n```python\n")[1].split("```")[0]
    assert convert_technique_to_standalone(backend) == shown
    assert len(client.run(shown, ["Paris", "Rome"])) == 4


def _run_example(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT / "client"), str(ROOT / "server"), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, f"examples/{name}", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_techniques_from_files(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "next_token.py").write_text((ROOT / "techniques/next_token.py").read_text())
    (tmp_path / "thief.py").write_text("import pickle\nx = pickle\ndef thief(m, t): ...\n")
    (tmp_path / "torn.py").write_text("def torn(:\n")
    done = _run_example("techniques_from_files.py", str(tiny_model), str(tmp_path))
    first, second, third, *top = done.stdout.splitlines()
    assert first.split() == ["next_token", "ready"]
    assert second.startswith("thief")
    assert "import of 'pickle' refused" in second
    assert third.startswith("torn")
    assert "torn.py:1:10: invalid syntax" in third
    assert len(top) >= 10
    assert "not loaded: " in done.stderr


def test_many_inputs(tiny_model: Path) -> None:
    lines = _run_example("many_inputs.py", str(tiny_model)).stdout.splitlines()
    assert lines[0].startswith("in order: [")
    by_input = dict(line.split(": ", 1) for line in lines[1:5])
    assert by_input.pop("input 3") == "'' has too few tokens"
    assert [float(loss) > 0 for loss in by_input.values()] == [True] * 3
    assert lines[5] == "1 failed, and 3 results are there"
    assert lines[6].startswith("from an event loop: ")


def test_each_part_of_a_program_that_studies_models(tiny_model: Path, tmp_path: Path) -> None:
    adapter = build_tiny_adapter(tmp_path, tiny_model)
    done = _run_example("interp_agent_example.py", str(tiny_model), str(adapter))
    first, second, *proposals = done.stdout.splitlines()
    assert first.startswith("inline: the stream is longest after ")
    count = len(list((ROOT / "techniques").glob("[a-z]*.py")))
    assert second.startswith(f"from files: {count} techniques; perplexity ")

    assert proposals[0].startswith("saved, layer 3, 0.5: refused in line 13: ")
    assert "load" in proposals[0]
    assert proposals[1].startswith("unembedding, layer 3, 0.5: IndexError in line ")
    assert proposals[2].startswith("unembedding, layer 2, 0.5: +")
    assert proposals[3].startswith("noise, layer 2, 0.5: ")
    best = next(index for index, line in enumerate(proposals) if line.startswith("best of "))
    assert proposals[best].startswith(f"best of {best}: Proposal(direction='unembedding'")

    model, walls, always_on, *followed, adapted = proposals[best + 1 :]
    assert model.startswith("model: LlamaForCausalLM, ")
    assert int(walls.split()[1]) > 5
    assert "'min_containers': 1" in always_on
    assert [line[:5] for line in followed] == ["[0/3]", "[1/3]", "[2/3]", "losse"]
    assert adapted.startswith("adapter: moves a logit by ")
    assert adapted.endswith("behind a hidden prompt, 'The capital of France is' is shown")
    assert "0.00;" not in adapted


def test_known_results(tiny_model: Path, tmp_path: Path) -> None:
    """On a model without knowledge: all steps run, and draw."""
    lines = _run_example("known_results.py", str(tiny_model), str(tmp_path)).stdout.splitlines()
    titles = [line.split(":")[0] for line in lines if ":" in line and not line.startswith(" ")]
    assert titles == ["logit lens", "induction heads", "logit attribution", "causal tracing"]
    pictures = {path.name: path.read_text() for path in tmp_path.glob("*.svg")}
    assert len(pictures) == 4
    assert all(text.count("<path") > 5 for text in pictures.values())
