"""Tiny models and a tokenizer, made in the test; one wall for all tests."""

from __future__ import annotations

import pytest
import torch
from cloche_server.walls.language import LanguageWall, compile_technique


@pytest.fixture(scope="session")
def wall() -> LanguageWall:
    torch.set_num_threads(1)
    return LanguageWall.build()


@pytest.fixture(params=[True, False], ids=["fast", "plain"])
def fast(request):
    """Whether rewritten code may leave guards out: all that holds with it holds without."""
    return request.param


@pytest.fixture
def run(wall, fast):
    """Runs a source under the wall; returns what its last function (or the named one) returns."""

    def run(source, *args, entry=None, out=None, **kwargs):
        compiled = compile_technique(source, fast=fast)
        lines = [] if out is None else out
        namespace = wall.namespace(
            write=lines.append, progress=lambda *report: lines.append(report)
        )
        exec(compiled.code, namespace)
        return namespace[entry or compiled.functions[-1]](*args, **kwargs)

    return run


@pytest.fixture(scope="session")
def tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = [
        "<pad>",
        "<unk>",
        "<eos>",
        "the",
        "cat",
        "sat",
        "on",
        "mat",
        "dog",
        "a",
        "red",
        "big",
        "ran",
    ]
    backend = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", unk_token="<unk>", eos_token="<eos>"
    )
    fast.chat_template = "{% for m in messages %}{{ m['role'] }} {{ m['content'] }} {% endfor %}"
    return fast


@pytest.fixture
def model():
    """A random GPT-2, the same in every test."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=13,
        n_positions=32,
        n_embd=16,
        n_layer=2,
        n_head=2,
        eos_token_id=2,
        bos_token_id=2,
    )
    return GPT2LMHeadModel(config).eval()


@pytest.fixture
def llama():
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=13,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=32,
        eos_token_id=2,
        bos_token_id=2,
    )
    return LlamaForCausalLM(config).eval()
