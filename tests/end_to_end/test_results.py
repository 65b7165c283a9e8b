"""What techniques return, as it arrives: nothing here knows the classes that the sandbox had."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from cloche import Record, RecordTuple

from tests.support.server import Refused, RunningServer


def test_a_whole_model_output_arrives_with_its_cache(server: RunningServer) -> None:
    output = server.value("""
def f(model, tokenizer, text):
    inputs = tokenizer(text, return_tensors="pt")
    return model(**inputs, output_hidden_states=True)
""", "Hello world")  # fmt: skip
    assert type(output) is Record
    assert output.type_name.startswith("CausalLMOutput")
    assert output.logits.ndim == output["logits"].ndim == output[0].ndim == 3
    (cache,) = (part for name, part in output.items() if "cache" in name or "past" in name)
    keys, values = cache[0]
    assert keys.shape == values.shape == cache[0].keys.shape
    assert keys.shape[2] == output.logits.shape[1]
    assert len(output.hidden_states) == len(cache) + 1


def test_generate_returns_its_output_whole(server: RunningServer) -> None:
    output = server.value("""
def f(model, tokenizer):
    return model.generate(**tokenizer("one", return_tensors="pt"), max_new_tokens=2,
                          do_sample=False, return_dict_in_generate=True, output_scores=True)
""")  # fmt: skip
    assert output["sequences"].shape[0] == 1
    assert len(output.scores) == 2


def test_an_encoding_arrives_and_goes_back(server: RunningServer) -> None:
    encoding = server.value(
        "def f(model, tokenizer): return tokenizer('one two', return_tensors='pt')"
    )
    assert encoding.type_name == "BatchEncoding"
    shape = server.value(
        "def f(model, tokenizer, inputs): return model(**inputs).logits.shape", encoding
    )
    assert shape[:2] == tuple(encoding.input_ids.shape)


def test_own_classes_arrive_as_records(server: RunningServer) -> None:
    found = server.value("""
from dataclasses import dataclass, field
from collections import namedtuple
from enum import Enum
from typing import NamedTuple
import torch

@dataclass
class Score:
    token: str
    value: float
    parts: list = field(default_factory=list)

class Pair(NamedTuple):
    left: int
    right: int

Point = namedtuple("Point", "x y")

class Mode(Enum):
    FAST = "fast"

def f(model, tokenizer):
    return {
        "scores": [Score("a", 0.5, [Pair(1, 2)])],
        "point": Point(1, 2),
        "mode": Mode.FAST,
        "dtype": model.dtype,
        "device": model.device,
        "shape": model.lm_head.weight.shape,
        "range": range(3),
        "keys": {"a": 1}.keys(),
        "top": torch.topk(torch.tensor([1.0, 3.0]), 1),
    }
""")  # fmt: skip
    (score,) = found["scores"]
    assert (score.type_name, score.token, score.value) == ("Score", "a", 0.5)
    assert type(score.parts[0]) is RecordTuple
    assert score.parts == [(1, 2)]
    assert (found["point"].x, found["point"].y) == (1, 2)
    assert found["mode"] == "fast"
    assert found["dtype"] is torch.float32
    assert found["device"] == torch.device("cpu")
    assert found["shape"] == tuple(found["shape"])
    assert (found["range"], found["keys"]) == (range(3), ["a"])
    assert found["top"].indices.tolist() == [1]


@pytest.mark.parametrize(
    ("returned", "place", "advice"),
    [
        ("model", "result", "module.weight"),
        ("{'a': [model.config]}", "result['a'][0]", "x.to_dict()"),
        ("tokenizer", "result", "tokenizer(text).input_ids"),
        ("(1, lambda: 2)", "result[1]", "return what they compute"),
        ("map(str, [1])", "result", "list(...)"),
        ("Own()", "result", "@dataclass"),
    ],
)
def test_what_does_not_travel_is_named(
    server: RunningServer, returned: str, place: str, advice: str
) -> None:
    source = f"class Own:\n    pass\ndef f(model, tokenizer):\n    return {returned}\n"
    outcome = server.execute(source)
    assert isinstance(outcome, Refused)
    assert f"the result does not travel: {place}: " in outcome.message
    assert advice in outcome.message


@pytest.mark.parametrize(
    "advised",
    [
        "model.config.to_dict()",
        "model.lm_head.weight",
        "model.lm_head.state_dict()",
        "tokenizer('one').input_ids",
        "list(map(str, [1]))",
        "[(layer.keys, layer.values) for layer in cache(model, tokenizer).layers]",
        "type(model).__name__",
        "f'{type(error).__name__}: {error}'",
        "generator.initial_seed()",
        "torch.finfo(torch.float32).max",
        "dict({'a': 1})",
    ],
)
def test_what_is_advised_travels(server: RunningServer, advised: str) -> None:
    source = f"""
import torch
error = ValueError("x")
generator = torch.Generator()
def cache(model, tokenizer):
    output = model(**tokenizer("one", return_tensors="pt"))
    return [part for part in output.values() if hasattr(part, "layers")][0]
def f(model, tokenizer):
    return {advised}
"""
    value: Any = server.value(source, entry_point="f")
    assert value is not None
