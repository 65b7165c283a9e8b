"""Techniques as researchers write them: the same result under the wall as in plain Python."""

from __future__ import annotations

import copy
import math
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from cloche_server.walls.language import compile_technique

SOURCES = sorted((Path(__file__).parent / "benign").glob("*.py"))


def same(a, b):
    if isinstance(a, torch.Tensor):
        if not isinstance(b, torch.Tensor) or a.shape != b.shape or a.dtype != b.dtype:
            return False
        # The last bits of a product depend on where its operands lie in memory.
        return torch.allclose(a, b, rtol=1e-5, atol=1e-6) if a.is_floating_point() else a.equal(b)
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-5, atol=1e-6)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float):
        return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-6) or (math.isnan(a) and math.isnan(b))
    return a == b


def run_plain(source, model, tokenizer, monkeypatch):
    # dataclasses look a class's module up by name.
    module = types.ModuleType("technique")
    monkeypatch.setitem(sys.modules, "technique", module)
    cloche = types.ModuleType("cloche")
    cloche.progress = lambda done, total=None, note="": None
    monkeypatch.setitem(sys.modules, "cloche", cloche)
    # torch's own test helpers, which another test may have imported, forbid it to set flags.
    monkeypatch.setattr(torch.backends, "__allow_nonbracketed_mutation_flag", True)
    exec(compile(source, "technique", "exec", dont_inherit=True), module.__dict__)
    return module.technique(model, tokenizer)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_same_result_as_plain_python(path, run, model, tokenizer, monkeypatch):
    source = path.read_text()
    twin, twin_tokenizer = copy.deepcopy(model), copy.deepcopy(tokenizer)
    loaded = set(sys.modules)
    guarded = run(source, model, tokenizer, entry="technique")
    # A sandbox has no files to import from.
    assert set(sys.modules) - loaded == set()
    plain = run_plain(source, twin, twin_tokenizer, monkeypatch)
    assert same(guarded, plain)


def test_there_are_enough():
    assert len(SOURCES) >= 40


def test_output_goes_to_the_caller(run, model, tokenizer):
    out = []
    source = (Path(__file__).parent / "benign" / "progress_and_print.py").read_text()
    assert run(source, model, tokenizer, out=out) == "done"
    assert (1.0, 3.0, "step 1") in out
    assert "step=2;" in out


def test_another_architecture(run, llama, tokenizer):
    source = """
import torch
def lens(model, tokenizer):
    with torch.no_grad():
        out = model(**tokenizer("the cat", return_tensors="pt"), output_hidden_states=True)
    top = model.lm_head(model.model.norm(out.hidden_states[1])).argmax(-1)
    gate = model.model.layers[0].mlp.gate_proj.weight.norm().item()
    return top.shape, model.model.layers[1].self_attn.q_proj.out_features, gate > 0
"""
    assert run(source, llama, tokenizer) == (torch.Size([1, 2]), 16, True)


def test_every_benign_source_compiles_without_torch_loaded():
    for path in SOURCES:
        assert compile_technique(path.read_text()).functions[-1] == "technique"
