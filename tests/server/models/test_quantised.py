"""Quantised checkpoints come to memory as the numbers that they stand for, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from cloche_server.models.errors import ModelError
from cloche_server.models.local import LocalModel
from cloche_server.models.quantised import check_loaded
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, Qwen3MoeConfig, Qwen3MoeForCausalLM

from tests.support.loading import Loaded, load
from tests.support.tiny_quantised import (
    build_tiny_fp8,
    build_tiny_mxfp4,
    change_weights,
    worked_out,
)

_UP = "model.layers.0.mlp.up_proj.weight"
_IDS = torch.tensor([[1, 40, 50, 60]])


@pytest.fixture
def fp8(tiny_path: Path, tmp_path: Path) -> Path:
    return build_tiny_fp8(tmp_path / "fp8", tiny_path)


@pytest.fixture
def mxfp4(tiny_path: Path, tmp_path: Path) -> Path:
    return build_tiny_mxfp4(tmp_path / "mxfp4", tiny_path)


def _load(path: Path, dtype: str = "float32", **settings: Any) -> Loaded:
    return load(LocalModel(path=path, name="tiny"), dtype=dtype, **{"dequantize": True, **settings})


def _change(path: Path, **settings: Any) -> None:
    config = path / "config.json"
    content = json.loads(config.read_text())
    content["quantization_config"] |= settings
    config.write_text(json.dumps(content))


def _check(loaded: Loaded, expected: dict[str, torch.Tensor], dtype: torch.dtype) -> None:
    """Every weight, to the bit: the value in float32, as it is rounded to the dtype."""
    found = loaded.model.state_dict()
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name].dtype in (dtype, torch.float32), name  # norms of gpt-oss stay float32
        assert torch.equal(found[name], value.float().to(found[name].dtype)), name


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "auto"])
def test_fp8_weights_are_value_times_scale(fp8: Path, dtype: str) -> None:
    expected = torch.bfloat16 if dtype == "auto" else getattr(torch, dtype)
    loaded = _load(fp8, dtype)
    assert loaded.dequantized_from == "fp8"
    assert {parameter.dtype for parameter in loaded.model.parameters()} == {expected}
    _check(loaded, worked_out(fp8), expected)


@pytest.mark.parametrize("block", [(128, 128), (16, 64), None])
def test_fp8_blocks_of_other_sizes(
    tiny_path: Path, tmp_path: Path, block: tuple[int, int] | None
) -> None:
    path = build_tiny_fp8(tmp_path / "fp8", tiny_path, block=block)
    _check(_load(path), worked_out(path), torch.float32)


def test_fp8_experts_are_merged_after_they_are_dequantised(tiny_path: Path, tmp_path: Path) -> None:
    path = build_tiny_fp8(tmp_path / "fp8", _mixture(tmp_path / "plain", tiny_path))
    expected = worked_out(path)
    for layer in range(2):
        own = f"model.layers.{layer}.mlp.experts."
        parts = {
            name: [expected.pop(f"{own}{expert}.{name}.weight") for expert in range(4)]
            for name in ("gate_proj", "up_proj", "down_proj")
        }
        pairs = zip(parts["gate_proj"], parts["up_proj"], strict=True)
        expected[f"{own}gate_up_proj"] = torch.stack([torch.cat(pair) for pair in pairs])
        expected[f"{own}down_proj"] = torch.stack(parts["down_proj"])
    _check(_load(path), expected, torch.float32)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "auto"])
def test_mxfp4_experts_are_value_times_power_of_two(mxfp4: Path, dtype: str) -> None:
    loaded = _load(mxfp4, dtype)
    assert loaded.dequantized_from == "mxfp4"
    expected = torch.bfloat16 if dtype == "auto" else getattr(torch, dtype)
    _check(loaded, worked_out(mxfp4), expected)


@pytest.mark.parametrize("method", ["fp8", "mxfp4"])
def test_what_is_loaded_is_an_ordinary_model(
    method: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path: Path = request.getfixturevalue(method)
    found = _load(path).model
    # The same model saved plain, and loaded as ever.
    plain = _plain_copy(path, tmp_path / "plain")
    expected = AutoModelForCausalLM.from_pretrained(
        plain, dtype=torch.float32, attn_implementation="eager"
    )
    torch.testing.assert_close(found(_IDS).logits, expected(_IDS).logits, rtol=0, atol=0)
    pairs = zip(found.named_modules(), expected.named_modules(), strict=True)
    for (name, module), (expected_name, expected_module) in pairs:
        assert name == expected_name
        assert type(module) is type(expected_module), name
        own, theirs = vars(module).copy(), vars(expected_module).copy()
        if module is found:
            assert own.pop("is_quantized") is False
            theirs.pop("_weight_conversions")  # how to write the files again
        assert own.keys() == theirs.keys(), name
        assert not any(value for key, value in own.items() if key.endswith("_hooks")), name
    for (name, tensor), (_, other) in zip(
        [*found.named_parameters(), *found.named_buffers()],
        [*expected.named_parameters(), *expected.named_buffers()],
        strict=True,
    ):
        assert type(tensor) is type(other), name
        assert tensor.requires_grad == other.requires_grad, name
        assert tensor.is_contiguous(), name
    assert vars(found.config).keys() == vars(expected.config).keys()
    assert "quantization_config" not in found.config.to_dict()


@pytest.mark.parametrize("method", ["fp8", "mxfp4"])
def test_without_the_option_it_is_refused_and_the_option_named(
    method: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(method)
    with pytest.raises(ModelError, match=rf"quantised \({method} in config.json\); say --dequanti"):
        _load(path, dequantize=False)


@pytest.mark.parametrize("method", ["gptq", "bitsandbytes", "compressed-tensors", "metal", "own"])
def test_other_methods_are_refused_with_the_option_too(tiny_copy: Path, method: str) -> None:
    config = tiny_copy / "config.json"
    settings = {"quant_method": method, "dequantize": True}
    config.write_text(
        json.dumps({**json.loads(config.read_text()), "quantization_config": settings})
    )
    with pytest.raises(
        ModelError, match=rf"\({method} in config.json\), which is not served.*Save"
    ):
        _load(tiny_copy)


def test_settings_of_a_text_model_within_another_are_refused(tiny_copy: Path) -> None:
    config = tiny_copy / "config.json"
    inner = {"quantization_config": {"quant_method": "fp8"}}
    config.write_text(json.dumps({"model_type": "gemma3", "text_config": inner}))
    with pytest.raises(ModelError, match=r"\(fp8 in config.json\), which is not served"):
        _load(tiny_copy)


def test_plain_weights_are_loaded_as_ever(tiny_path: Path) -> None:
    loaded = _load(tiny_path)
    assert loaded.dequantized_from == ""
    direct = AutoModelForCausalLM.from_pretrained(tiny_path, attn_implementation="eager")
    torch.testing.assert_close(loaded.model(_IDS).logits, direct(_IDS).logits)


@pytest.mark.parametrize(("missing"), ["left out", "another name"])
def test_fp8_without_its_scale_is_refused(fp8: Path, missing: str) -> None:
    scale = load_file(fp8 / "model.safetensors")[f"{_UP}_scale_inv"]
    change_weights(fp8, {f"{_UP}_scale_inv": None})
    if missing == "another name":  # that of other tools; transformers takes the values bare
        change_weights(fp8, {f"{_UP}_scale": scale})
    with pytest.raises(ModelError, match=rf"{_UP} is F8_E4M3, and there is no {_UP}_scale_inv"):
        _load(fp8)


@pytest.mark.parametrize("block", [(40, 64), (48, 48), (64, 96)])
def test_blocks_that_do_not_divide_a_weight_are_refused(
    tiny_path: Path, tmp_path: Path, block: tuple[int, int]
) -> None:
    path = build_tiny_fp8(tmp_path / "fp8", tiny_path, block=block)
    with pytest.raises(ModelError, match="not one for each whole block"):
        _load(path)


@pytest.mark.parametrize("block", [[64, 32], None])
def test_scales_for_another_block_size_are_refused(fp8: Path, block: list[int] | None) -> None:
    _change(fp8, weight_block_size=block)
    with pytest.raises(ModelError, match="not one for each whole block"):
        _load(fp8)


@pytest.mark.parametrize("block", [[32], [0, 32], [True, 32], "32", 32])
def test_a_block_size_that_is_none_is_refused(fp8: Path, block: object) -> None:
    _change(fp8, weight_block_size=block)
    with pytest.raises(ModelError, match="expected two whole numbers above 0"):
        _load(fp8)


def test_scales_that_transformers_leaves_over_are_refused(tiny_path: Path, tmp_path: Path) -> None:
    path = build_tiny_fp8(tmp_path / "fp8", _mixture(tmp_path / "plain", tiny_path))
    saved = load_file(path / "model.safetensors")
    for end in ("", "_scale_inv"):  # experts that were merged before: their scales find no place
        own = "model.layers.0.mlp.experts."
        parts = {
            name: [saved[f"{own}{expert}.{name}.weight{end}"] for expert in range(4)]
            for name in ("gate_proj", "up_proj", "down_proj")
        }
        pairs = zip(parts["gate_proj"], parts["up_proj"], strict=True)
        merged = torch.stack([torch.cat(pair) for pair in pairs])
        change_weights(
            path,
            {
                f"{own}gate_up_proj{end}": merged,
                f"{own}down_proj{end}": torch.stack(parts["down_proj"]),
                **{
                    f"{own}{expert}.{name}.weight{end}": None
                    for name in parts
                    for expert in range(4)
                },
            },
        )
    with pytest.raises(ModelError, match=r"does not use \S*experts.down_proj_scale_inv \(2 such"):
        _load(path)


def test_a_table_that_transformers_keeps_packed_is_refused(fp8: Path) -> None:
    _change(fp8, modules_to_convert=["embed_tokens"])
    change_weights(fp8, {"model.embed_tokens.weight_scale": torch.ones(1)})
    with pytest.raises(ModelError, match=r"embed_tokens\.weight is still torch\.float8_e4m3fn"):
        _load(fp8)


def test_mxfp4_without_scales_is_refused(mxfp4: Path) -> None:
    change_weights(mxfp4, {"model.layers.0.mlp.experts.down_proj_scales": None})
    with pytest.raises(ModelError, match="cannot be loaded"):
        _load(mxfp4)


def test_a_packed_tensor_in_the_model_is_named() -> None:
    local = LocalModel(path=Path("/nowhere"), name="tiny")
    module = torch.nn.Linear(2, 2)
    check_loaded(local, module, ["other.weight"])
    module.register_buffer("packed", torch.zeros(2, dtype=torch.uint8))
    with pytest.raises(ModelError, match=r"packed is still torch\.uint8"):
        check_loaded(local, module, [])


def test_damaged_weights_are_refused(fp8: Path) -> None:
    file = fp8 / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="tiny: the weights cannot be read"):
        _load(fp8)


def test_shards_are_read_as_one(fp8: Path) -> None:
    expected, saved = worked_out(fp8), load_file(fp8 / "model.safetensors")
    (fp8 / "model.safetensors").unlink()
    places = {}
    for number, name in enumerate(sorted(saved)):  # weights and their scales in different files
        places[name] = f"model-0000{number % 2 + 1}-of-00002.safetensors"
    for file in set(places.values()):
        part = {name: saved[name] for name in saved if places[name] == file}
        save_file(part, fp8 / file, metadata={"format": "pt"})
    (fp8 / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": places})
    )
    _check(_load(fp8), expected, torch.float32)


def _mixture(path: Path, tokenizer: Path) -> Path:
    """A model whose experts are saved one by one, and held together."""
    from transformers import AutoTokenizer

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Qwen3MoeForCausalLM(
            Qwen3MoeConfig(
                vocab_size=512,
                hidden_size=64,
                intermediate_size=64,
                moe_intermediate_size=64,
                num_hidden_layers=2,
                num_attention_heads=4,
                num_key_value_heads=2,
                head_dim=16,
                num_experts=4,
                num_experts_per_tok=2,
            )
        )
    model.save_pretrained(path)
    AutoTokenizer.from_pretrained(tokenizer).save_pretrained(path)
    return path


def _plain_copy(path: Path, target: Path) -> Path:
    target.mkdir()
    content = json.loads((path / "config.json").read_text())
    del content["quantization_config"]
    (target / "config.json").write_text(json.dumps(content))
    tensors = {name: tensor.float() for name, tensor in worked_out(path).items()}
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    return target
