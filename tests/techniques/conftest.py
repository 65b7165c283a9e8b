"""One tiny model of each architecture, loaded once; and routes into them that no technique uses."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.support.tiny_model import ARCHITECTURES, build_tiny_model

TEXT = "The capital of France is"  # 7 tokens, fewer than the tiny Gemma's sliding window

# Written down by hand, where the techniques find it by structure.
_BLOCKS = {
    "gpt2": ("transformer", "h"),
    "gpt_neox": ("gpt_neox", "layers"),
    "llama": ("model", "layers"),
    "gemma3": ("model", "layers"),
    "qwen2": ("model", "layers"),
}


@dataclass(frozen=True)
class Tiny:
    """A tiny model. Shared by the session: whoever changes it takes `fresh()`."""

    architecture: str
    model: Any
    tokenizer: Any

    def fresh(self) -> Any:
        """A copy of the model, to change."""
        return copy.deepcopy(self.model)

    def ids(self, text: str) -> torch.Tensor:
        """Token ids, int64 [1, token]."""
        ids: torch.Tensor = self.tokenizer(text, return_tensors="pt")["input_ids"]
        return ids

    def blocks(self, model: Any) -> Any:
        body, name = _BLOCKS[self.architecture]
        return getattr(getattr(model, body), name)

    def first_blocks(self, depth: int) -> Any:
        """A model that has only the first `depth` blocks, then the norm and the unembedding."""
        model = self.fresh()
        body, name = _BLOCKS[self.architecture]
        setattr(getattr(model, body), name, self.blocks(model)[:depth])
        model.config.num_hidden_layers = depth
        return model


@pytest.fixture(autouse=True)
def _one_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """For tiny models a second thread costs more than it gives."""
    threads = torch.get_num_threads()
    if "tiny" in request.fixturenames:
        torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session", params=ARCHITECTURES)
def tiny(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    path = tmp_path_factory.mktemp(request.param)
    build_tiny_model(path, architecture=request.param)
    model = AutoModelForCausalLM.from_pretrained(path, attn_implementation="eager")
    return Tiny(request.param, model, AutoTokenizer.from_pretrained(path))


def log_softmax(logits: torch.Tensor) -> np.ndarray:
    """In numpy and float64, over the last axis."""
    values = logits.detach().numpy().astype(np.float64)
    shifted = values - values.max(-1, keepdims=True)
    normalised: np.ndarray = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return normalised


def kl(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """KL(p || q) in nats over the last axis, from log-probabilities."""
    divergence: np.ndarray = (np.exp(p) * (p - q)).sum(-1)
    return divergence
