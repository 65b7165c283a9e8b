"""Every name that a technique could spell has been looked at: allowed, or refused with a reason.

A new release of torch, transformers, numpy or Python adds names. The test that fails then says
which; docs/policy.md says what to do with them.
"""

from __future__ import annotations

import pytest
import torch
from cloche_server.walls.language import AccessRefused, PolicyViolation, audit, compile_technique
from cloche_server.walls.language.catalogue import TableError, build_catalogue
from cloche_server.walls.language.tables.modules import ROWS
from cloche_server.walls.language.tables.refused import REFUSALS
from cloche_server.walls.language.tables.rows import Refused, RefusedPattern
from torch import nn

WHAT_TO_DO = """
Read each in its library's source. What is safe for any arguments, calls nothing back, evaluates no
text and reads no attribute by name may be allowed: a row in walls/language/tables/. All else goes
into its refused/, under its reason. `optional=True` if another supported version lacks it.
"""


def told(names):
    return "".join(f"\n  {name}" for name in names) + "\n" + WHAT_TO_DO


def test_every_reachable_name_is_classified(wall, model, tokenizer):
    # A server has made a model and run it: libraries add names to each other then.
    model.generate(**tokenizer("the cat", return_tensors="pt"), max_new_tokens=2)
    names = audit.unclassified(wall.catalogue)
    assert not names, f"nobody has classified:{told(names)}"


def test_a_tokenizer_that_hides_a_prompt_has_no_names_of_its_own(wall, tokenizer):
    import copy

    from cloche_server.models.prompt import hide

    reading = audit.guards_for(wall.catalogue).reading
    hiding = copy.deepcopy(tokenizer)
    hide(hiding, "the big dog", redact=True)
    mro = type(hiding).__mro__
    own = [each for each in mro if each.__module__.startswith("cloche_server")]
    names = {name for each in own for name in vars(each) if not name.startswith("_")}
    assert {"apply_chat_template", "convert_ids_to_tokens", "get_vocab"} <= names
    for name in names:
        assert audit._is_read(reading, type(hiding), name), name
    for name in ("_hidden", "_encode_plus", "_with_prompt", "__dict__", "_tokenizer"):
        assert not audit._is_read(reading, type(hiding), name), name


def test_no_name_is_both_allowed_and_refused(wall):
    assert audit.contradictions(wall.catalogue) == []


def test_every_refusing_row_names_something(wall):
    assert audit.stale(wall.catalogue) == []


def test_every_refusing_row_says_why():
    assert [row for row in REFUSALS if not row.why.strip() or not row.names.split()] == []


def test_no_name_is_refused_twice():
    names = [
        (row.of, name) for row in REFUSALS if isinstance(row, Refused) for name in row.names.split()
    ]
    assert sorted(names) == sorted(set(names))


# Its teeth


def reported(wall):
    return [str(name) for name in audit.unclassified(wall.catalogue)]


@pytest.mark.parametrize(
    "module", ["torch", "torch.nn.functional", "numpy", "transformers", "math"]
)
def test_a_new_function_is_reported(wall, monkeypatch, module):
    import importlib

    monkeypatch.setattr(importlib.import_module(module), "brand_new", len, raising=False)
    assert reported(wall) == [f"{module}.brand_new"]


@pytest.mark.parametrize(
    ("cls", "path"),
    [
        (torch.Tensor, "torch:Tensor"),
        (nn.Module, "torch.nn.modules.module:Module"),
        (nn.Linear, "torch.nn.modules.linear:Linear"),
    ],
)
def test_a_new_method_is_reported_once_under_the_class_that_defines_it(
    wall, monkeypatch, cls, path
):
    monkeypatch.setattr(cls, "brand_new", lambda self: None, raising=False)
    assert reported(wall) == [f"{path}.brand_new"]


def test_a_new_method_of_models_tokenizers_and_caches_is_reported(wall, monkeypatch):
    from transformers import Cache, GenerationMixin, PreTrainedModel, PreTrainedTokenizerFast

    classes = (Cache, GenerationMixin, PreTrainedModel, PreTrainedTokenizerFast)
    for cls in classes:
        monkeypatch.setattr(cls, "brand_new", lambda self: None, raising=False)
    assert reported(wall) == sorted(f"{c.__module__}:{c.__name__}.brand_new" for c in classes)


def test_a_new_property_of_a_configuration_is_reported_but_not_new_data(wall, monkeypatch):
    from transformers import PreTrainedConfig

    # Plain data of a configuration is read, and judged by its value.
    monkeypatch.setattr(PreTrainedConfig, "brand_new_number", 3, raising=False)
    monkeypatch.setattr(PreTrainedConfig, "brand_new", property(lambda self: 3), raising=False)
    assert reported(wall) == ["transformers.configuration_utils:PreTrainedConfig.brand_new"]


def test_what_falls_under_a_rule_is_not_reported(wall, monkeypatch):
    import json
    import statistics

    monkeypatch.setattr(torch, "_brand_new", len, raising=False)
    monkeypatch.setattr(torch, "brand_new_module", json, raising=False)
    monkeypatch.setattr(torch.cuda, "BrandNewHelper", json.JSONDecoder, raising=False)
    monkeypatch.setattr(statistics, "brand_new_helper", len, raising=False)
    assert reported(wall) == []


def test_a_name_that_the_allowlist_takes_in_must_leave_the_refused(wall, monkeypatch):
    row = Refused("torch", "tanh", "a mistake")
    monkeypatch.setattr(audit, "REFUSALS", (*REFUSALS, row))
    assert [str(each) for each in audit.contradictions(wall.catalogue)] == ["torch.tanh"]


def test_a_row_that_names_nothing_is_reported(wall, monkeypatch):
    rows = (
        Refused("torch", "load gone_long_ago", "a mistake"),
        Refused("torch:Tensor", "gone_too", "a mistake"),
        Refused("torch", "from_another_version", "in some versions", optional=True),
        RefusedPattern("transformers", "*Gone *Config", "a mistake"),
    )
    monkeypatch.setattr(audit, "REFUSALS", rows)
    assert [str(each) for each in audit.stale(wall.catalogue)] == [
        "torch.gone_long_ago",
        "torch:Tensor.gone_too",
        "transformers.*Gone",
    ]


def test_a_row_on_a_class_that_does_not_exist_is_an_error():
    row = Refused("torch:NoSuchClass", "x", "a mistake")
    with pytest.raises(TableError, match="NoSuchClass"):
        build_catalogue(ROWS, [row])


# What a caller reads


@pytest.mark.parametrize(
    ("expression", "message", "hint"),
    [
        (
            "torch.load",
            "'torch.load' refused: reads or writes files",
            "pass the tensor as an argument",
        ),
        (
            "torch.compile",
            "'torch.compile' refused: compiles, loads or evaluates code",
            "call the function as it is",
        ),
        (
            "torch.ones(1).apply_",
            "access to 'apply_' of a 'Tensor' refused: its callback may free what it walks",
            "vectorised operations, or a loop over tolist()",
        ),
        (
            "torch.nn.Linear.compile",
            "access to 'Linear.compile' of a 'type' refused: compiles, loads or evaluates code",
            "call the module as it is",
        ),
        (
            "transformers.BertLMHeadModel",
            "'transformers.BertLMHeadModel' refused: it is made only by loading a model",
            "the model and the tokenizer are passed as arguments",
        ),
        (
            "torch.nothing_like_it",
            "'torch.nothing_like_it' refused: not on the list of allowed names",
            "docs/policy.md lists what is allowed",
        ),
    ],
)
def test_a_refusal_gives_the_reason_and_what_to_write_instead(run, expression, message, hint):
    with pytest.raises(AccessRefused) as caught:
        run(f"import torch, transformers\ndef f(): return {expression}")
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_an_import_gives_the_reason_before_anything_runs():
    with pytest.raises(
        PolicyViolation, match=r"'numpy.memmap' refused: reads or writes files; arr"
    ):
        compile_technique("from numpy import memmap\nmemmap")
