"""Each file of techniques/ gives, through a server, what it gives bare: to the bit."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from cloche import InterpClient, Technique, wire
from cloche.contract.config import ServerConfig
from transformers import AutoModelForCausalLM, AutoTokenizer

from tests.support.server import RunningServer
from tests.support.tiny_model import HIDDEN, LAYERS

FOLDER = Path(__file__).parents[2] / "techniques"
TEXT = "The capital of France is"
PAIR = ("The capital of France is", "The capital of Italy is", " Paris", " Rome")
WEIGHTS = torch.Generator().manual_seed(3)

# What each is called with; a file that is missing here fails the test below.
CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "activation_capture": ((TEXT, r".*\.mlp"), {"positions": [-1, 0]}),
    "activation_patching": (PAIR, {}),
    "attention_patterns": ((TEXT,), {}),
    "attribution_patching": (PAIR, {}),
    "cache_ablation": ((TEXT, PAIR[1]), {}),
    "causal_tracing": ((TEXT, "France"), {"samples": 2}),
    "embedding_neighbours": ((" Paris",), {"count": 3}),
    "fingerprint": ((), {}),
    "induction_heads": ((), {"length": 6, "repeats": 2}),
    "integrated_gradients": ((TEXT,), {"steps": 4}),
    "linear_probe": ((["a cat", "a dog", "one", "two", "red", "blue"], [0, 0, 1, 1, 0, 1]), {}),
    "logit_attribution": ((TEXT,), {}),
    "logit_lens": ((TEXT,), {}),
    "next_token": ((TEXT,), {}),
    "paraphrase_consistency": ((list(PAIR[:2]),), {}),
    "path_patching": (PAIR, {"receivers": [(2, 0), (1, 3)]}),
    "prefill_attack": (("Tell me",), {"max_new_tokens": 3}),
    "refusal_direction": (
        (["a cat", "a dog"], ["one", "two"], [TEXT], 0),
        {"max_new_tokens": 3},
    ),
    "sae_features": (
        (TEXT, 0),
        {
            "encoder": torch.randn(HIDDEN, 64, generator=WEIGHTS),
            "encoder_bias": torch.zeros(64),
            "decoder": torch.randn(64, HIDDEN, generator=WEIGHTS),
            "decoder_bias": torch.zeros(HIDDEN),
        },
    ),
    "sampling_sweep": ((TEXT, [0.7, 1.0], [0.9]), {"samples": 2, "max_new_tokens": 3}),
    "steering": ((TEXT, ["good"], ["bad"], 0), {"max_new_tokens": 3}),
    "text_surprise": ((TEXT,), {}),
    "token_forcing": ((TEXT, [" Paris", " Rome"]), {"max_new_tokens": 3}),
    "tuned_lens": (
        (TEXT,),
        {
            "weights": torch.randn(LAYERS, HIDDEN, HIDDEN, generator=WEIGHTS) / 8,
            "biases": torch.zeros(LAYERS, HIDDEN),
        },
    ),
    "weight_edit": ((TEXT, 0), {}),
}


@pytest.fixture(scope="module")
def bare(config: ServerConfig) -> tuple[Any, Any]:
    torch.set_num_threads(config.model.threads)
    path = config.model.name
    model = AutoModelForCausalLM.from_pretrained(path, attn_implementation="eager")
    return model.eval(), AutoTokenizer.from_pretrained(path)


@pytest.fixture(scope="module")
def client(server: RunningServer) -> Iterator[InterpClient]:
    with InterpClient(address=server.address, progress=False) as made:
        yield made


def test_every_file_is_called() -> None:
    files = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    assert files == set(CALLS)


def test_they_travel_from_a_folder_of_any_name(tmp_path: Path) -> None:
    """An installed Cloche keeps them under another name."""
    shutil.copytree(FOLDER, tmp_path / "_techniques")
    for name in CALLS:
        source = Technique.of(tmp_path / "_techniques" / f"{name}.py").source
        assert source == Technique.of(FOLDER / f"{name}.py").source
        assert not re.search(r"^from \S*_\w+ import", source, re.MULTILINE), name


# The last of them changes the model that it is given.
@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_same_to_the_bit(name: str, bare: tuple[Any, Any], client: InterpClient) -> None:
    args, kwargs = CALLS[name]
    technique = getattr(importlib.import_module(f"techniques.{name}"), name)
    torch.manual_seed(0)
    expected = technique(*bare, *args, **kwargs)
    seeded = client.with_options(seed=0)
    for way in (FOLDER / f"{name}.py", technique):  # as a file, and as a function
        found = seeded.run(way, *args, **kwargs)
        assert wire.encode(found) == wire.encode(_plain(expected)), name


def _plain(value: Any) -> Any:
    """Without gradients, as a result travels."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value
