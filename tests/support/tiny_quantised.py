"""Tiny quantised checkpoints, as real ones are published, and what is in them, worked out by hand.

Nothing here asks transformers or torch what a quantised value means.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, GptOssConfig, GptOssForCausalLM

from tests.support.tiny_model import HEADS, HIDDEN, POSITIONS, VOCAB

_E4M3_MAX = 448.0
_E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_IN_A_BLOCK = 32  # of mxfp4
_PLAIN = ("embed", "lm_head", "norm", "router")


def build_tiny_fp8(
    path: Path, plain: Path, *, block: tuple[int, int] | None = (32, 32), **settings: object
) -> Path:
    """Saves the model in `plain` with its layers' matrices in fp8, as DeepSeek and Qwen do.

    Args:
        block: rows and columns that share a scale; None: one scale for each matrix.
        settings: more of quantization_config.
    """
    shutil.copytree(plain, path)
    saved = {}
    for name, tensor in load_file(plain / "model.safetensors").items():
        if tensor.dim() == 2 and not any(part in name for part in _PLAIN):
            saved[name], saved[f"{name}_scale_inv"] = _to_fp8(tensor, block)
        else:
            saved[name] = tensor.to(torch.bfloat16)
    chosen = {"activation_scheme": "dynamic", "weight_block_size": block and list(block)}
    _save(path, saved, {"quant_method": "fp8", **chosen, **settings})
    return path


def build_tiny_mxfp4(path: Path, tokenizer: Path, *, seed: int = 0) -> Path:
    """Saves a gpt-oss of two layers and four experts, whose experts are in mxfp4.

    Args:
        tokenizer: a directory that has one.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = GptOssForCausalLM(
            GptOssConfig(
                vocab_size=VOCAB,
                hidden_size=HIDDEN,
                intermediate_size=96,
                num_hidden_layers=2,
                num_attention_heads=HEADS,
                num_key_value_heads=2,
                head_dim=16,
                num_local_experts=4,
                num_experts_per_tok=2,
                sliding_window=8,
                layer_types=["sliding_attention", "full_attention"],
                max_position_embeddings=POSITIONS,
                rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
                pad_token_id=0,
                bos_token_id=1,
                eos_token_id=2,
            )
        )
        saved = {}
        for name, tensor in model.state_dict().items():
            if name.endswith(("experts.gate_up_proj", "experts.down_proj")):
                experts, inner, outer = tensor.shape
                groups = (experts, outer, inner // _IN_A_BLOCK)
                blocks = torch.randint(0, 256, (*groups, _IN_A_BLOCK // 2), dtype=torch.uint8)
                saved[f"{name}_blocks"] = blocks
                saved[f"{name}_scales"] = torch.randint(119, 126, groups, dtype=torch.uint8)
            else:
                # Off their 1 and 0, and large enough that every layer and expert matters.
                saved[name] = (tensor * 8 + 0.2 * torch.randn_like(tensor)).to(torch.bfloat16)
    model.config.save_pretrained(path)
    AutoTokenizer.from_pretrained(tokenizer).save_pretrained(path)
    _save(path, saved, {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]})
    return path


def worked_out(path: Path) -> dict[str, torch.Tensor]:
    """The weights of a checkpoint from here by their plain names, float64, value by value."""
    saved = load_file(path / "model.safetensors")
    config = json.loads((path / "config.json").read_text())
    block = config["quantization_config"].get("weight_block_size") or (1 << 30, 1 << 30)
    found = {}
    for name, tensor in saved.items():
        if name.endswith("_blocks"):
            plain = name.removesuffix("_blocks")
            found[plain] = _from_mxfp4(tensor, saved[f"{plain}_scales"])
        elif tensor.dtype is torch.float8_e4m3fn:
            found[name] = _from_fp8(tensor, saved[f"{name}_scale_inv"], *block)
        elif not name.endswith(("_scales", "_scale_inv")):
            found[name] = tensor.double()
    return found


def change_weights(path: Path, changed: dict[str, torch.Tensor | None]) -> None:
    """Saves tensors in place of others of the checkpoint; None leaves one out."""
    saved = {**load_file(path / "model.safetensors"), **changed}
    kept = {name: tensor for name, tensor in saved.items() if tensor is not None}
    save_file(kept, path / "model.safetensors", metadata={"format": "pt"})


def _save(path: Path, tensors: dict[str, torch.Tensor], settings: dict[str, Any]) -> None:
    save_file(tensors, path / "model.safetensors", metadata={"format": "pt"})
    config = path / "config.json"
    content = json.loads(config.read_text())
    content |= {"dtype": "bfloat16", "quantization_config": settings}
    config.write_text(json.dumps(content))


def _to_fp8(
    weight: torch.Tensor, block: tuple[int, int] | None
) -> tuple[torch.Tensor, torch.Tensor]:
    if block is None:
        scale = weight.abs().max() / _E4M3_MAX
        return (weight / scale).to(torch.float8_e4m3fn), scale
    rows, columns = weight.shape
    scales = torch.zeros(-(-rows // block[0]), -(-columns // block[1]))
    values = torch.zeros(rows, columns)
    for i in range(scales.shape[0]):
        for j in range(scales.shape[1]):
            here = (
                slice(i * block[0], (i + 1) * block[0]),
                slice(j * block[1], (j + 1) * block[1]),
            )
            scales[i, j] = weight[here].abs().max() / _E4M3_MAX
            values[here] = weight[here] / scales[i, j]
    return values.to(torch.float8_e4m3fn), scales


def _e4m3(byte: int) -> float:
    """Sign, four bits of exponent with a bias of 7, three of mantissa."""
    sign, exponent, mantissa = byte >> 7, byte >> 3 & 15, byte & 7
    size = mantissa / 8 * 2.0**-6 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7)
    return -size if sign else size


def _from_fp8(weight: torch.Tensor, scales: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    grid = scales.reshape(1, 1).tolist() if scales.numel() == 1 else scales.tolist()
    values = [
        [_e4m3(byte) * grid[i // rows][j // columns] for j, byte in enumerate(row)]
        for i, row in enumerate(weight.view(torch.uint8).tolist())
    ]
    return torch.tensor(values, dtype=torch.float64)


def _from_mxfp4(blocks: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """Blocks [expert, out, group, 16] and scales [expert, out, group] to [expert, in, out]."""
    matrices = []
    for expert_blocks, expert_scales in zip(blocks.tolist(), scales.tolist(), strict=True):
        columns = []
        for groups, exponents in zip(expert_blocks, expert_scales, strict=True):
            column = []
            for group, exponent in zip(groups, exponents, strict=True):
                for byte in group:
                    for four in (byte & 15, byte >> 4):  # the low half comes first
                        size = _E2M1[four & 7] * 2.0 ** (exponent - 127)
                        column.append(-size if four & 8 else size)
            columns.append(column)
        matrices.append(torch.tensor(columns, dtype=torch.float64).T)
    return torch.stack(matrices)
