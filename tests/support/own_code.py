"""A tiny model whose class comes with its files, as those that want trust_remote_code do."""

import json
from pathlib import Path

_CODE = """
import torch
from transformers import LlamaConfig, LlamaForCausalLM


class OwnConfig(LlamaConfig):
    model_type = "own"


class OwnForCausalLM(LlamaForCausalLM):
    config_class = OwnConfig

    def forward(self, *args, **kwargs):
        out = super().forward(*args, **kwargs)
        out.logits = out.logits + 1000.0
        return out
"""


def add_own_code(path: Path) -> Path:
    """Makes a tiny Llama in `path` one of a type that only its own code knows; returns it.

    Its logits are those of the Llama, and a thousand more.
    """
    (path / "own.py").write_text(_CODE)
    config = path / "config.json"
    content = json.loads(config.read_text())
    content["model_type"] = "own"
    content["auto_map"] = {
        "AutoConfig": "own.OwnConfig",
        "AutoModelForCausalLM": "own.OwnForCausalLM",
    }
    config.write_text(json.dumps(content))
    return path
