"""The example in TypeScript: its codec on the shared vectors, and a run against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cloche.contract.config import ServerConfig

from tests.support.server import RunningServer
from tests.support.shared_server import shared_server

ROOT = Path(__file__).parents[2]
EXAMPLE = Path("examples/typescript")
OLDEST_NODE = 20


def run(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **variables, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(
        arguments, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", timeout=240
    )


def _lacking() -> str:
    """What this machine lacks; empty: nothing."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    version = run("node", "--version", cwd=ROOT).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        return f"node {version} is older than {OLDEST_NODE}"
    return ""


LACKING = _lacking()
pytestmark = pytest.mark.skipif(bool(LACKING), reason=LACKING)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the repository's, with the example installed and built in its place."""
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("proto", "third_party", "tests", "techniques", "buf.yaml"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(
        ROOT / EXAMPLE, folder / EXAMPLE, ignore=shutil.ignore_patterns("node_modules", "dist")
    )
    for command in (("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund"), ("npx", "tsc")):
        done = run(*command, cwd=folder / EXAMPLE)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_generated_code_is_up_to_date(tree: Path, tmp_path: Path) -> None:
    template = (ROOT / "buf.gen.typescript.yaml").read_text()
    assert template.count("out: ") == 1
    fresh = tmp_path / "buf.gen.yaml"
    fresh.write_text(re.sub("out: .*", f"out: {tmp_path}/gen", template))
    done = run("buf", "generate", "--template", str(fresh), cwd=tree)
    assert done.returncode == 0, done.stderr

    def texts(folder: Path) -> dict[str, str]:
        return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*.ts")}

    assert len(texts(tmp_path / "gen")) == 2
    assert texts(ROOT / EXAMPLE / "src/gen") == texts(tmp_path / "gen"), "make proto-typescript"


def test_codec_and_client(tree: Path) -> None:
    done = run("node", "--test", "--test-reporter=tap", "dist/test/", cwd=tree / EXAMPLE)
    assert done.returncode == 0, done.stdout
    counts = dict(re.findall(r"^# (\w+) (\d+)$", done.stdout, re.M))
    assert int(counts["pass"]) > 200
    assert counts["fail"] == counts["skipped"] == counts["todo"] == "0"


def _sections(tree: Path, *arguments: str) -> dict[str, list[str]]:
    """Heading → the lines below it."""
    done = run("node", "dist/src/main.js", *arguments, cwd=tree / EXAMPLE)
    assert done.returncode == 0, done.stdout + done.stderr
    blocks = [block.strip().splitlines() for block in done.stdout.split("\n== ")[1:]]
    return {lines[0]: lines[1:] for lines in blocks}


def test_against_a_real_server(tree: Path, server: RunningServer) -> None:
    technique = str(ROOT / "techniques/next_token.py")
    found = _sections(tree, server.address, technique, "The capital of France is")
    info, tokens, tensor, stream, refusal, failure = found.values()

    assert info[0].split() == ["state", "READY"]
    assert info[1].split() == ["model", server.info().model.architecture]

    text = "The capital of France is"
    expected = server.value((ROOT / "techniques/next_token.py").read_text(), text, 5)
    assert [float(line.split()[-1]) for line in tokens] == pytest.approx(
        [probability for _, probability in expected], rel=1e-3
    )

    assert tensor == ["float32 [3, 2]", "0.60  0.80", "0.00  1.00", "1.00  0.00"]

    assert stream[0] == "accepted"
    assert [line for line in stream if line.startswith("progress")] == [
        f"progress: {part}/3 part {part}" for part in range(3)
    ]
    assert "".join(stream).count("made part") == 3
    assert [line for line in stream if line.startswith("warning: ")] == [
        "warning: RuntimeWarning: divide by zero encountered in log"
    ]
    assert re.fullmatch(r"120000\d\d bytes in chunks, sum 3000000", stream[-1])

    assert refusal[0] == "InvalidArgument POLICY"
    assert refusal[1].startswith("line 3, column 12: the builtin 'open' refused")

    assert failure[0] == "ValueError: text is empty"
    assert 'raise ValueError("text is empty")' in "\n".join(failure)


def test_a_result_of_maps_and_tensors(tree: Path, server: RunningServer, tmp_path: Path) -> None:
    path, text = tmp_path / "tops.py", "The capital of France is"
    path.write_text(
        "def tops(model, tokenizer, text, top_k):\n"
        "    ids = tokenizer(text, return_tensors='pt')['input_ids']\n"
        "    top = model(input_ids=ids).logits[0].detach().topk(top_k)\n"
        "    return {'ids': top.indices, 'logits': top.values, 'last': top.indices[-1].tolist()}\n"
    )
    found = _sections(tree, server.address, str(path), text)
    lines = dict(line.split(maxsplit=1) for line in list(found.values())[1])
    value = server.value(path.read_text(), text, 5)
    assert list(lines) == ['"ids"', '"logits"', '"last"']
    assert lines['"ids"'] == f"int64 [{', '.join(map(str, value['ids'].shape))}]"
    assert lines['"logits"'] == f"float32 [{', '.join(map(str, value['logits'].shape))}]"
    assert lines['"last"'] == " ".join(map(str, value["last"]))


def test_nobody_there(tree: Path, tmp_path: Path) -> None:
    technique = str(ROOT / "techniques/next_token.py")
    done = run(
        "node", "dist/src/main.js", f"unix:{tmp_path}/none", technique, "a", cwd=tree / EXAMPLE
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Refusal: ")
    assert f"{tmp_path}/none" in done.stderr


def test_with_a_token_over_tls(
    tree: Path, config: ServerConfig, tmp_path_factory: pytest.TempPathFactory
) -> None:
    technique = str(ROOT / "techniques/next_token.py")
    with shared_server(config, tmp_path_factory.mktemp("shared")) as shared:
        words = ("node", "dist/src/main.js", shared.address, technique, "The capital of France is")
        token, ca = shared.draw().text, str(shared.authority.ca)
        done = run(*words, cwd=tree / EXAMPLE, CLOCHE_TOKEN=token, CLOCHE_TLS=ca)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "InvalidArgument POLICY" in done.stdout
        wrong = run(*words, cwd=tree / EXAMPLE, CLOCHE_TOKEN=token[:-1], CLOCHE_TLS=ca)
        assert (wrong.returncode, "token" in wrong.stderr) == (1, True)
        clear = run(*words, cwd=tree / EXAMPLE, CLOCHE_TOKEN=token)
        assert "a token goes over TLS only" in clear.stderr
        assert token not in done.stdout + done.stderr + wrong.stderr + clear.stderr
