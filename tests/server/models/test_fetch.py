"""Each hub test downloads for real, from a hub on a local port, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloche_server.models.errors import ModelError
from cloche_server.models.fetch import fetch
from cloche_server.models.local import LocalModel

from tests.server.models.fake_hub import COMMIT, TOKEN, FakeHub, files_of


@pytest.fixture(scope="module")
def hub(tiny_path: Path) -> Iterator[FakeHub]:
    extra = {
        "pytorch_model.bin": b"never to be opened",
        "modeling_own.py": b"raise SystemExit('never to be run')",
        "consolidated.safetensors": b"the weights once more",
        "adapter_config.json": b"{}",
        "onnx/model.safetensors": b"another form",
        "README.md": b"words",
    }
    with FakeHub({**files_of(tiny_path), **extra}).serve() as running:
        yield running


def _env(endpoint: str, home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    return {
        **kept,
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home),
        "HF_TOKEN": TOKEN,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "NO_PROXY": "127.0.0.1",
        **more,
    }


def fetch_apart(
    name: str, revision: str | None = None, *, env: dict[str, str], with_code: bool = False
) -> LocalModel:
    """The command, as the server runs it."""
    command = [sys.executable, "-m", "cloche_server.models.fetch", name]
    if with_code:
        command.append("--with-code")
    if revision is not None:
        command += ["--revision", revision]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=env, check=False)
    assert done.stdout.count(b"\n") == 1
    answer = json.loads(done.stdout)
    if done.returncode != 0:
        assert answer.keys() == {"error"}
        raise ModelError(answer["error"])
    return LocalModel(path=Path(answer["path"]), name=answer["name"], revision=answer["revision"])


def test_a_directory_is_used_as_it_is(tiny_path: Path) -> None:
    found = fetch(str(tiny_path))
    assert found == LocalModel(path=tiny_path.resolve(), name=str(tiny_path), revision=None)


def test_a_relative_directory_becomes_absolute(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_path.parent)
    assert fetch(tiny_path.name).path == tiny_path.resolve()


def test_a_directory_with_pickled_weights_is_refused(tiny_copy: Path) -> None:
    (tiny_copy / "model.safetensors").rename(tiny_copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match="a pickle"):
        fetch(str(tiny_copy))


def test_a_directory_has_no_revisions(tiny_path: Path) -> None:
    with pytest.raises(ModelError, match="no revisions"):
        fetch(str(tiny_path), "main")


@pytest.mark.parametrize("name", ["/no/such/directory", "../nowhere", "a/b/c", "", "https://x/y"])
def test_neither_directory_nor_hub_name(name: str) -> None:
    with pytest.raises(ModelError, match="neither a directory here nor a hub name"):
        fetch(name)


def test_a_hub_model_is_downloaded_without_code_and_pickles(hub: FakeHub, tmp_path: Path) -> None:
    found = fetch_apart("org/model", env=_env(hub.endpoint, tmp_path))
    assert (found.name, found.revision) == ("org/model", COMMIT)
    assert {entry.name for entry in found.path.iterdir()} == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
        "chat_template.jinja",
    }
    assert set(hub.requested) == {entry.name for entry in found.path.iterdir()}
    assert (found.path / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert f"Bearer {TOKEN}" in hub.tokens

    # Without a network the same model comes out of the cache, by branch and by commit.
    for revision in (None, "main", COMMIT):
        offline = _env("http://127.0.0.1:1", tmp_path, HF_HUB_OFFLINE="1")
        assert fetch_apart("org/model", revision, env=offline) == found

    # And what the cache has lost in the meantime is missed, not skipped.
    (found.path / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="org/model"):
        fetch_apart("org/model", env=_env("http://127.0.0.1:1", tmp_path, HF_HUB_OFFLINE="1"))


@pytest.mark.parametrize(
    ("name", "revision", "reason"),
    [
        ("org/gated", None, "gated; accept its terms"),
        ("org/missing", None, "no such model on the hub, or a private one"),
        ("org/model", "no-such-branch", "no such revision"),
        ("org/broken", None, "hub cannot be reached"),
    ],
)
def test_refusals_say_what_to_do(
    hub: FakeHub, tmp_path: Path, name: str, revision: str | None, reason: str
) -> None:
    with pytest.raises(ModelError, match=f"{name}.*{reason}") as caught:
        fetch_apart(name, revision, env=_env(hub.endpoint, tmp_path))
    assert TOKEN not in str(caught.value)


def test_a_hub_model_with_only_pickles_is_refused(tiny_path: Path, tmp_path: Path) -> None:
    files = files_of(tiny_path)
    files["pytorch_model.bin"] = files.pop("model.safetensors")
    with FakeHub(files).serve() as hub:
        with pytest.raises(ModelError, match=r"never downloaded.*no weights"):
            fetch_apart("org/model", env=_env(hub.endpoint, tmp_path))
        assert "pytorch_model.bin" not in hub.requested


def test_code_is_downloaded_only_where_it_is_trusted(tiny_path: Path, tmp_path: Path) -> None:
    files = files_of(tiny_path) | {"own.py": b"raise SystemExit"}
    with FakeHub(files).serve() as hub:
        plain = fetch_apart("org/model", env=_env(hub.endpoint, tmp_path / "plain"))
        trusted = fetch_apart(
            "org/model", env=_env(hub.endpoint, tmp_path / "trusted"), with_code=True
        )
    assert not (plain.path / "own.py").exists()
    assert (trusted.path / "own.py").read_bytes() == files["own.py"]


def test_offline_and_not_cached(tmp_path: Path) -> None:
    env = _env("http://127.0.0.1:1", tmp_path, HF_HUB_OFFLINE="1")
    with pytest.raises(ModelError, match="not wholly, in the local cache, and HF_HUB_OFFLINE"):
        fetch_apart("org/model", env=env)


def test_no_network_and_not_cached(tmp_path: Path) -> None:
    env = _env("http://127.0.0.1:1", tmp_path)
    with pytest.raises(ModelError, match="the hub cannot be reached"):
        fetch_apart("org/model", env=env)


def test_the_command_prints_one_line_and_imports_no_torch(tiny_path: Path) -> None:
    code = (
        "import sys; from cloche_server.models.fetch import main; code = main(sys.argv[1:]); "
        "assert 'torch' not in sys.modules; assert 'transformers' not in sys.modules; "
        "sys.exit(code)"
    )
    yes, no = (
        subprocess.run(
            [sys.executable, "-c", code, name], capture_output=True, text=True, check=False
        )
        for name in (str(tiny_path), "/no/such/directory")
    )
    assert yes.returncode == 0
    assert yes.stdout.count("\n") == 1
    assert json.loads(yes.stdout) == {
        "path": str(tiny_path.resolve()),
        "name": str(tiny_path),
        "revision": None,
    }
    assert no.returncode == 1
    assert no.stdout.count("\n") == 1
    assert "neither a directory" in json.loads(no.stdout)["error"]
