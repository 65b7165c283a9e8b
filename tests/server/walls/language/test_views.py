"""`vars`, `dir` and `__dict__` show what may be read; what would be lost is refused."""

from __future__ import annotations

import pytest
from cloche_server.walls.language import AccessRefused, PolicyViolation, compile_technique


@pytest.mark.parametrize(
    "line",
    [
        "a.__dict__.update(x=1)",
        "a.__dict__['x'] = 1",
        "del a.__dict__['x']",
        "a.__dict__.pop('x')",
        "a.__dict__ = {}",
        "a.__dict__ |= {}",
    ],
)
def test_what_would_write_to_a_copy_is_refused(line):
    with pytest.raises(PolicyViolation, match="__dict__"):
        compile_technique(f"def f(a):\n    {line}\n")


def test_nothing_private_of_a_real_object_is_shown(run, model, tokenizer):
    source = """
import torch
def f(model, tokenizer):
    found = []
    for each in (model, model.lm_head, model.config, tokenizer, torch.nn.Linear(1, 1)):
        found += [*vars(each), *each.__dict__, *dir(each)]
    return [name for name in found if name.startswith("_")]
"""
    assert run(source, model, tokenizer) == []


@pytest.mark.parametrize("what", ["json", "torch.nn.Linear", "AutoModel"])
def test_no_namespace_of_a_library_is_shown(run, model, tokenizer, what):
    source = f"""
import json
import torch
from transformers import AutoModel
def f(model, tokenizer):
    return vars({what})
"""
    with pytest.raises(AccessRefused, match="library's module or class"):
        run(source, model, tokenizer)


def test_what_loads_is_refused_with_the_way_out(run, model, tokenizer):
    source = """
from transformers import AutoModelForCausalLM
def f(model, tokenizer):
    return AutoModelForCausalLM.from_pretrained("gpt2")
"""
    with pytest.raises(AccessRefused, match="passed as arguments"):
        run(source, model, tokenizer)


def test_what_has_no_names_says_so(run, model, tokenizer):
    with pytest.raises(TypeError, match="__dict__"):
        run("def f(model, tokenizer): return vars(1)", model, tokenizer)
