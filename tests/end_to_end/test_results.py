"""What techniques return, as it arrives: nothing here knows the classes that the sandbox had."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from cloche import Record, RecordTuple
from cloche.v1 import execution_pb2 as pb

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
        ("kept(model)", "result", "module.weight"),
        ("{'a': [kept(model).config]}", "result['a'][0]", "x.to_dict()"),
        ("kept(tokenizer)", "result", "tokenizer(text).input_ids"),
        ("(1, kept(lambda: 2))", "result[1]", "return what they compute"),
        ("map(str, [1])", "result", "list(...)"),
        ("Own()", "result", "@dataclass"),
    ],
)
def test_what_does_not_travel_is_named(
    server: RunningServer, returned: str, place: str, advice: str
) -> None:
    source = f"""
class Own:
    pass
def kept(x):
    return x
def f(model, tokenizer):
    return {returned}
"""
    outcome = server.execute(source)
    assert isinstance(outcome, Refused)
    assert f"does not travel: {place}: " in outcome.message
    assert advice in outcome.message


@pytest.mark.parametrize(
    ("returned", "said", "advised"),
    [
        ("model", "the model", "model.state_dict()"),
        ("{'a': [1, model.config]}", "the model's config", "model.config.to_dict()"),
        ("(1, tokenizer)", "the tokenizer", "tokenizer(text).input_ids"),
        ("(1, lambda: 2)", "a function", "return what it computes"),
        ("helper", "a function", "return what it computes"),
    ],
)
def test_what_the_source_shows_is_said_before_it_runs(
    server: RunningServer, returned: str, said: str, advised: str
) -> None:
    source = f"""
def helper(x):
    return x
def f(model, tokenizer):
    print("it ran")
    return {returned}
"""
    outcome = server.execute(source)
    assert isinstance(outcome, Refused)
    (item,) = outcome.diagnostics
    assert (item.line, item.message) == (6, f"{said} does not travel as a result")
    assert advised in item.hint
    checked = server.stub.Check(pb.CheckRequest(technique=pb.Technique(source=source)), timeout=60)
    assert [each.message for each in checked.diagnostics.items] == [item.message]


@pytest.mark.parametrize(
    "body",
    [
        "model = 5\n    return model",
        "return [model.dtype, tokenizer.vocab_size]",
        "helper = 3\n    return helper",
        "return [1 for model in range(2)]",
        "def model():\n        return 1\n    return 2",
    ],
)
def test_what_only_looks_like_it_runs(server: RunningServer, body: str) -> None:
    source = f"def helper(x):\n    return x\ndef f(model, tokenizer):\n    {body}\n"
    assert server.value(source) is not None


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
