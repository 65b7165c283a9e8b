"""Techniques see a model by its name, and nothing of where the server keeps it."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from cloche.contract.config import ModelConfig
from cloche_server.models.load import load
from cloche_server.models.local import LocalModel
from cloche_server.models.shown import name_of, show_as


def test_no_path_is_left_in_what_techniques_get(tiny_model: Path) -> None:
    local = LocalModel(path=tiny_model, name="org/tiny", revision=None)
    loaded = load(local, ModelConfig(name="org/tiny"))
    model: Any = loaded.model
    assert str(tiny_model) in found(model, loaded.tokenizer)
    show_as("org/tiny", model, loaded.tokenizer, [str(tiny_model)])
    assert str(tiny_model) not in found(model, loaded.tokenizer)
    assert model.name_or_path == model.config.name_or_path == "org/tiny"
    assert "org/tiny" in repr(loaded.tokenizer)
    assert loaded.tokenizer.name_or_path == "org/tiny"


def found(model: Any, tokenizer: Any) -> str:
    """Every text that the objects themselves hold."""
    texts: list[str] = [repr(tokenizer), repr(model.config), repr(model.generation_config)]
    waiting: list[Any] = [*(vars(module) for module in model.modules()), vars(tokenizer)]
    waiting += [vars(model.config), vars(model.generation_config)]
    for _ in range(4):
        waiting = [
            inner for outer in waiting for inner in gc.get_referents(outer)
            if isinstance(inner, (str, dict, list, tuple))
        ]  # fmt: skip
        texts += [each for each in waiting if isinstance(each, str)]
    return "\n".join(texts)


def test_a_directory_is_called_by_its_own_name(tmp_path: Path) -> None:
    assert name_of(str(tmp_path)) == tmp_path.name
    assert name_of(f"{tmp_path}/") == tmp_path.name
    assert name_of("org/name") == "org/name"
