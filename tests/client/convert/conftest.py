"""A tiny model, loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Held:
    """What a backend holds."""

    path: Path
    model: Any
    tokenizer: Any


@pytest.fixture(scope="session")
def held(tiny_model: Path) -> Held:
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(tiny_model, attn_implementation="eager")
    return Held(tiny_model, model, AutoTokenizer.from_pretrained(tiny_model))
