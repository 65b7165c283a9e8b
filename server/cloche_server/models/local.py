"""A model on disk, and what its directory must hold before anything opens it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloche_server.models.errors import ModelError

# Formats whose loaders unpickle. Unpickling runs whatever code the file names.
_PICKLED_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl"})


@dataclass(frozen=True, kw_only=True)
class LocalModel:
    """A checked model directory.

    Attributes:
        path: the directory, absolute.
        name: what the caller asked for, such as "org/name" or a path; only for showing.
        revision: the commit hash (40 hex digits) of a hub model, None for a local directory.
    """

    path: Path
    name: str
    revision: str | None = None


def check_directory(path: Path) -> None:
    """Refuses a directory that Cloche could not load, or would load with a surprise.

    It reads names and small JSON files only, so it takes milliseconds whatever the model's size.

    Raises:
        ModelError: no such directory; no config.json; no safetensors weights, or a shard is
            missing; the weights are pickled; the directory holds an adapter.
    """
    if not path.is_dir():
        raise ModelError(f"{path}: no such directory; name a directory that holds a model")
    if (path / "adapter_config.json").exists():
        # transformers would follow the base model named inside, and read the adapter's weights.
        raise ModelError(
            f"{path}: holds a PEFT adapter (adapter_config.json); name the model that it was made "
            "for as base_model"
        )
    if not (path / "config.json").is_file():
        raise ModelError(
            f"{path}: no config.json; a model directory is what save_pretrained() writes"
        )
    read_config(path)
    _check_weights(path)


def read_config(path: Path) -> dict[str, Any]:
    """The model's config.json as plain data.

    Raises:
        ModelError: the file cannot be read, or is not a JSON object.
    """
    return read_object(path / "config.json")


def weight_files(path: Path) -> list[Path]:
    """The safetensors files that hold the weights, there or not; empty where nothing names any.

    Raises:
        ModelError: the index cannot be read, or names a file outside the directory.
    """
    whole, index = path / "model.safetensors", path / "model.safetensors.index.json"
    if whole.is_file():
        return [whole]
    if not index.is_file():
        return []
    weight_map = read_object(index).get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise ModelError(f"{index}: no weight_map; download the model again")
    shards = sorted({str(name) for name in weight_map.values()})
    outside = [name for name in shards if Path(name).name != name]
    if outside:
        raise ModelError(f"{index}: names a file outside the directory: {outside[0]!r}")
    return [path / name for name in shards]


def _check_weights(path: Path) -> None:
    files = weight_files(path)
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise ModelError(
            f"{path}: {len(missing)} of {len(files)} weight files are missing, "
            f"the first is {missing[0]}; download the model again"
        )
    if files:
        return
    names = sorted(entry.name for entry in path.iterdir() if entry.is_file())
    pickled = [name for name in names if Path(name).suffix in _PICKLED_SUFFIXES]
    if pickled:
        raise ModelError(
            f"{path}: the weights are only there as {pickled[0]}, a pickle; opening a pickle runs "
            "code from the file, so Cloche never does. Convert them to safetensors where you "
            "trust the file: AutoModelForCausalLM.from_pretrained(...).save_pretrained(...)"
        )
    if any(name.endswith(".gguf") for name in names):
        raise ModelError(
            f"{path}: GGUF weights are not loaded; convert them with transformers "
            "(from_pretrained(..., gguf_file=...), then save_pretrained(...))"
        )
    raise ModelError(
        f"{path}: no weights; expected model.safetensors, or model.safetensors.index.json "
        "and the files it lists"
    )


def read_object(path: Path) -> dict[str, Any]:
    """A small JSON file's object. Raises ModelError: it cannot be read, or is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{path}: not JSON: {error}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path}: expected a JSON object, found {type(content).__name__}")
    return content
