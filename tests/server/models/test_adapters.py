"""Adapters on disk, and on a model: the same as bare peft, or refused with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from cloche_server.models.adapters import Adapter, check_adapter, put_on
from cloche_server.models.errors import ModelError
from cloche_server.models.fetch import fetch
from cloche_server.models.local import LocalModel
from peft import PeftModel
from transformers import AutoModelForCausalLM

from tests.support.loading import load
from tests.support.tiny_adapter import build_tiny_adapter

_IDS = torch.tensor([[1, 40, 50, 60]])


@pytest.fixture(scope="module")
def adapter(tiny_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_adapter(tmp_path_factory.mktemp("adapter"), tiny_path)


@pytest.fixture
def copy(adapter: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(adapter, tmp_path / "copy"))


def _change(adapter: Path, **changes: Any) -> None:
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _loaded(base: Path, *adapters: Path, merge: bool = False) -> Any:
    model = load(LocalModel(path=base, name="tiny")).model
    named = [
        Adapter(name=f"a{number}" if number else "default", path=path)
        for number, path in enumerate(adapters)
    ]
    return put_on(model, named, merge=merge)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"use_rslora": True, "rank_pattern": {"q_proj": 2}},
        {"use_dora": True},
        {"target_modules": "all-linear", "bias": "all"},
        {"modules_to_save": ["lm_head"]},
    ],
    ids=["plain", "rslora", "dora", "all-linear", "saved-head"],
)
def test_it_computes_what_bare_peft_computes(
    tiny_path: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    build_tiny_adapter(tmp_path, tiny_path, **settings)
    base = AutoModelForCausalLM.from_pretrained(tiny_path, attn_implementation="eager")
    bare = PeftModel.from_pretrained(base, tmp_path).eval()
    model = _loaded(tiny_path, tmp_path)
    assert torch.equal(model(_IDS).logits, bare(_IDS).logits)
    with model.disable_adapter(), bare.disable_adapter():
        assert torch.equal(model(_IDS).logits, bare(_IDS).logits)
    assert not any(module.training for module in model.modules())


def test_merged_it_is_an_ordinary_model(tiny_path: Path, adapter: Path) -> None:
    merged = _loaded(tiny_path, adapter, merge=True)
    assert type(merged).__name__ == "LlamaForCausalLM"
    torch.testing.assert_close(merged(_IDS).logits, _loaded(tiny_path, adapter)(_IDS).logits)


def test_several_adapters(tiny_path: Path, adapter: Path, tmp_path: Path) -> None:
    second = build_tiny_adapter(tmp_path, tiny_path, seed=7)
    model = _loaded(tiny_path, adapter, second)
    first = model(_IDS).logits
    assert torch.equal(first, _loaded(tiny_path, adapter)(_IDS).logits)
    model.set_adapter("a1")
    assert torch.equal(model(_IDS).logits, _loaded(tiny_path, second)(_IDS).logits)


def test_only_pickled_weights_are_refused_unread(copy: Path) -> None:
    (copy / "adapter_model.safetensors").rename(copy / "adapter_model.bin")
    with pytest.raises(ModelError, match=r"a pickle; opening a pickle runs code.*safetensors"):
        check_adapter(copy)


def _drop_config(path: Path) -> None:
    (path / "adapter_config.json").unlink()


def _drop_weights(path: Path) -> None:
    (path / "adapter_model.safetensors").unlink()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_drop_config, "no adapter_config.json"),
        (_drop_weights, "no weights; expected adapter_model.safetensors"),
        (lambda path: _change(path, peft_type="IA3"), "'IA3' adapter; only LoRA"),
        (lambda path: _change(path, megatron_config={"x": 1}), "megatron_config is"),
        (lambda path: _change(path, eva_config={"rho": 2}), "eva_config is"),
        (lambda path: _change(path, init_lora_weights="pissa"), "init_lora_weights is 'pissa'"),
        (lambda path: _change(path, brand_new=5), "brand_new is 5"),
    ],
)
def test_what_could_not_be_served_is_refused(
    copy: Path, damage: Callable[[Path], None], reason: str
) -> None:
    damage(copy)
    with pytest.raises(ModelError, match=reason):
        check_adapter(copy)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"target_modules": ["q_proj"]}, "also has 6 tensors"),
        ({"target_modules": ["q_proj", "v_proj", "o_proj"]}, "lacks 6 tensors"),
        ({"target_modules": ["nowhere"]}, "does not fit the model"),
        ({"r": 8}, "size mismatch"),
    ],
)
def test_an_adapter_of_another_model_is_refused(
    tiny_path: Path, copy: Path, changes: dict[str, Any], reason: str
) -> None:
    _change(copy, **changes)
    with pytest.raises(ModelError, match=reason):
        _loaded(tiny_path, copy)


def test_damaged_weights_are_refused(tiny_path: Path, copy: Path) -> None:
    (copy / "adapter_model.safetensors").write_bytes(b"no safetensors")
    with pytest.raises(ModelError, match="cannot be read"):
        _loaded(tiny_path, copy)


def test_models_and_adapters_are_not_taken_for_each_other(tiny_path: Path, adapter: Path) -> None:
    assert fetch(str(adapter), adapter=True).path == adapter.resolve()
    with pytest.raises(ModelError, match="base_model"):
        fetch(str(adapter))
    with pytest.raises(ModelError, match="A whole model needs no base_model"):
        fetch(str(tiny_path), adapter=True)
