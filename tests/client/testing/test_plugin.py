"""The plugin in runs of pytest of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.server import RunningServer

TEST = '''
import pytest

LAYERS = """
import torch

def layers(model, tokenizer, text):
    with torch.no_grad():
        out = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    return {"layers": [state.mean(dim=1) for state in out.hidden_states]}
"""

def test_layers(cloche_client, technique_snapshot):
    result = cloche_client.run(LAYERS, "The capital of France is")
    assert result == technique_snapshot(rtol=1e-3)

def test_an_array(cloche_client, technique_snapshot):
    array = cloche_client.run("import torch\\ndef f(model, tokenizer): return torch.arange(3.0)")
    assert array == technique_snapshot()
    assert array + 1 == technique_snapshot()

def test_nothing(cloche_client, technique_snapshot):
    assert [] == technique_snapshot()
'''


def ran(folder: Path, *options: str) -> tuple[int, str]:
    """The exit code, and what was printed."""
    command = [
        sys.executable, "-m", "pytest", "-q",
        "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(folder), *options, str(folder),
    ]  # fmt: skip
    env = {name: text for name, text in os.environ.items() if not name.startswith("CLOCHE_")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, env=env)
    return done.returncode, done.stdout + done.stderr


def test_snapshots(server: RunningServer, tiny_model: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_them.py").write_text(TEST)
    at = ("--cloche-address", server.address)
    code, text = ran(tests, *at)
    assert code == 1
    assert "does not exist" in text
    assert "--cloche-update" in text

    code, text = ran(tests, *at, "--cloche-update")
    assert code == 0, text
    folder = tests / "__snapshots__/test_them"
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "test_an_array.1.cloche", "test_an_array.cloche", "test_layers.cloche",
        "test_nothing.cloche",
    ]  # fmt: skip
    written = (folder / "test_layers.cloche").read_text()
    for line in ("dtype: float32", "threads: 1", "result['layers'][1]: float32 [1, "):
        assert line in written
    assert re.search(r"^policy: [0-9a-f]{12}$", written, re.MULTILINE)
    assert re.search(r"^hardware: \S+ \S+$", written, re.MULTILINE)

    code, text = ran(tests, *at)
    assert code == 1
    assert "1 failed, 2 passed" in text, text
    assert "nothing was compared" in text

    # A layer that has changed is named.
    from safetensors.torch import load_file, save_file

    damaged = tmp_path / "damaged"
    shutil.copytree(tiny_model, damaged)
    weights = load_file(damaged / "model.safetensors")
    weights["model.layers.1.mlp.down_proj.weight"] += 0.5
    save_file(weights, damaged / "model.safetensors", metadata={"format": "pt"})
    code, text = ran(tests, "--cloche-model", str(damaged), "-k", "layers")
    assert code == 1
    assert "first outside: result['layers'][2]" in text, text
    assert "largest difference" in text
    assert "model was " in text

    # Another machine's numbers get a file of their own, and the first machine's stays.
    (folder / "test_layers.cloche").write_text(re.sub("hardware: .*", "hardware: other", written))
    shifted = TEST.replace("state.mean(dim=1)", "state.mean(dim=1) + 1")
    (tests / "test_them.py").write_text(shifted)
    code, text = ran(tests, *at, "-k", "layers")
    assert "hardware was other, is " in text
    assert ran(tests, *at, "-k", "layers", "--cloche-update")[0] == 0
    assert ran(tests, *at, "-k", "layers")[0] == 0
    (variant,) = folder.glob("test_layers.cloche-*")
    assert variant.exists()


def test_without_a_server_it_says_what_to_give(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(cloche_client):\n    pass\n")
    code, text = ran(tmp_path)
    assert code == 1
    assert "give --cloche-address host:port (or CLOCHE_ADDRESS)" in text


HEAVY = ("torch", "numpy", "grpc", "google", "msgpack", "syrupy", "rich", "typer", "mcp")


def test_unused_it_costs_nothing(tmp_path: Path) -> None:
    names = [f"{name!r} not in sys.modules" for name in HEAVY]
    (tmp_path / "test_it.py").write_text(
        f"import sys\n\ndef test_it():\n    assert all([{', '.join(names)}])\n"
        "    assert 'cloche.testing.plugin' in sys.modules\n"
    )
    code, text = ran(tmp_path, "-p", "no:syrupy")
    assert code == 0, text

    command = [sys.executable, "-X", "importtime", "-c", "import cloche.testing.plugin"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not set(HEAVY) & {name.partition(".")[0] for name in imported}
    ours = {name for name in imported if name.startswith("cloche")}
    assert ours == {"cloche", "cloche.testing", "cloche.testing.plugin"}
