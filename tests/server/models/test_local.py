import json
from pathlib import Path

import pytest
from cloche_server.models.errors import ModelError
from cloche_server.models.local import check_directory, read_config


def _directory(path: Path, *files: str, config: str = "{}") -> Path:
    path.mkdir(exist_ok=True)
    (path / "config.json").write_text(config)
    for name in files:
        (path / name).write_bytes(b"")
    return path


def _index(path: Path, *shards: str) -> None:
    weight_map = {f"weight.{number}": shard for number, shard in enumerate(shards)}
    (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))


def test_one_weight_file_is_enough(tmp_path: Path) -> None:
    check_directory(_directory(tmp_path, "model.safetensors"))


def test_pickled_weights_beside_safetensors_do_not_matter(tmp_path: Path) -> None:
    check_directory(_directory(tmp_path, "model.safetensors", "pytorch_model.bin"))


def test_all_shards_present(tmp_path: Path) -> None:
    _directory(tmp_path, "a.safetensors", "b.safetensors")
    _index(tmp_path, "a.safetensors", "b.safetensors", "a.safetensors")
    check_directory(tmp_path)


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    _directory(tmp_path, "a.safetensors")
    _index(tmp_path, "a.safetensors", "b.safetensors")
    with pytest.raises(ModelError, match=r"1 of 2 weight files are missing.*b\.safetensors"):
        check_directory(tmp_path)


def test_a_shard_outside_the_directory_is_refused(tmp_path: Path) -> None:
    _directory(tmp_path)
    _index(tmp_path, "../other/a.safetensors")
    with pytest.raises(ModelError, match="outside the directory"):
        check_directory(tmp_path)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "consolidated.00.pth", "model.pt"])
def test_pickled_weights_are_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=rf"{name}, a pickle; opening a pickle runs code"):
        check_directory(_directory(tmp_path, name))


def test_gguf_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="gguf_file"):
        check_directory(_directory(tmp_path, "model.gguf"))


def test_no_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no weights; expected model\.safetensors"):
        check_directory(_directory(tmp_path))


def test_an_adapter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="made for as base_model"):
        check_directory(_directory(tmp_path, "model.safetensors", "adapter_config.json"))


def test_no_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such directory"):
        check_directory(tmp_path / "nowhere")


def test_no_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        check_directory(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"), [("{", "not JSON"), ("[1]", "expected a JSON object, found list")]
)
def test_a_config_that_is_no_object_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        check_directory(_directory(tmp_path, "model.safetensors", config=content))


def test_config_is_read(tmp_path: Path) -> None:
    assert read_config(_directory(tmp_path, config='{"model_type": "llama"}')) == {
        "model_type": "llama"
    }
