"""Bad requests get a clear refusal each, and cost nobody anything."""

from __future__ import annotations

import grpc
import msgpack
import pytest
from cloche import wire
from cloche.v1 import execution_pb2 as pb

from tests.support.server import Raised, Refused, RunningServer, refused

ECHO = "def echo(model, tokenizer, *args, **kwargs): return [list(args), kwargs]"
INVALID = grpc.StatusCode.INVALID_ARGUMENT


def refusal(server: RunningServer, source: str, **options: object) -> Refused:
    outcome = server.execute(source, **options)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused), outcome
    assert server.value(ECHO, 1) == [[1], {}]
    return outcome


@pytest.mark.parametrize("source", ["", "   \n\n"])
def test_empty_source(server: RunningServer, source: str) -> None:
    found = refusal(server, source)
    assert (found.code, found.reason, found.field) == (INVALID, "REQUEST", "source")
    assert "def name(model, tokenizer" in found.message


def test_a_source_over_the_limit(server: RunningServer) -> None:
    found = refusal(server, "x = '" + "é" * 1_000_000 + "'")
    assert (found.code, found.reason, found.field) == (INVALID, "REQUEST_TOO_LARGE", "source")
    assert "2000006 bytes" in found.message


def test_fifty_megabytes_of_source(server: RunningServer) -> None:
    """Refused by gRPC at the first bytes: so much is never taken, not even to be refused."""
    found = refusal(server, "x = '" + "a" * 50_000_000 + "'")
    assert found.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "50000" in found.message


@pytest.mark.parametrize(
    "garbage",
    [b"\xff" * 40, b"\x0a\x05abc", b"\x0a\x04\x0a\x02\x0a\xff", b"\x08\x01" * 5000, b"\x0a\x00" * 2,
     b"\x0a\x06\x0a\x04\x0a\x02\xff\xff", b"\x0a\x02\x10\x01"],
    ids=["no tags", "cut short", "ends outside", "many fields", "a call twice", "no text", "kind"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["Execute", "ExecuteStream", "ExecuteUpload", "Check"])
def test_garbage_is_refused_in_words_and_not_logged_as_a_failure(
    server: RunningServer, method: str, garbage: bytes
) -> None:
    call = server.channel.stream_stream(f"/cloche.v1.ExecutionService/{method}")
    with pytest.raises(grpc.RpcError) as caught:
        list(call(iter([garbage]), timeout=20))
    found = refused(caught.value)
    assert (found.code, found.reason) == (INVALID, "REQUEST")
    assert server.value(ECHO, 1) == [[1], {}]
    assert "Traceback" not in server.log()


@pytest.mark.parametrize("method", ["Execute", "ExecuteStream", "ExecuteUpload", "Check"])
def test_no_message_at_all(server: RunningServer, method: str) -> None:
    call = server.channel.stream_stream(f"/cloche.v1.ExecutionService/{method}")
    with pytest.raises(grpc.RpcError) as caught:
        list(call(iter([]), timeout=20))
    assert refused(caught.value).message == "the request is missing"


def test_a_syntax_error_has_line_and_column(server: RunningServer) -> None:
    found = refusal(server, "def f(model, tokenizer):\n    return (1 +\n")
    assert (found.code, found.reason) == (INVALID, "POLICY")
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == "syntax-error"
    assert (diagnostic.line, diagnostic.column) == (2, 12)


def test_a_refusal_by_the_language_wall_has_line_and_column(server: RunningServer) -> None:
    found = refusal(server, "import torch\nimport pickle\ndef f(model, tokenizer): return pickle")
    assert (found.code, found.reason) == (INVALID, "POLICY")
    diagnostic = found.diagnostics[0]
    assert diagnostic.line == 2
    assert diagnostic.column == 8
    assert "pickle" in diagnostic.message
    assert diagnostic.hint


def test_a_refusal_at_run_time_has_line_and_column(server: RunningServer) -> None:
    source = (
        "def f(model, tokenizer):\n    name = 'save_pretrained'\n    return getattr(model, name)"
    )
    found = refusal(server, source)
    assert found.reason == "POLICY"
    (diagnostic,) = found.diagnostics
    assert diagnostic.line == 3
    assert diagnostic.column > 0
    assert "save_pretrained" in diagnostic.message


def test_unknown_entry_point(server: RunningServer) -> None:
    found = refusal(server, ECHO, entry_point="nothing")
    assert (found.code, found.reason, found.field) == (INVALID, "REQUEST", "entry_point")
    assert "'nothing'" in found.message
    assert "echo" in found.message


def test_entry_point_that_is_no_name(server: RunningServer) -> None:
    found = refusal(server, ECHO, entry_point="echo(); import os")
    assert (found.code, found.field) == (INVALID, "entry_point")


def test_ambiguous_entry_point(server: RunningServer) -> None:
    found = refusal(server, "def a(m, t): return 1\ndef b(m, t): return 2")
    assert (found.code, found.field) == (INVALID, "entry_point")
    assert "a, b" in found.message


def test_the_function_that_takes_the_model_is_the_entry_point(server: RunningServer) -> None:
    source = "def scale(x): return 2 * x\ndef f(model, tokenizer, x): return scale(x)"
    assert server.value(source, 4) == 8
    found = refusal(server, "def a(model, tokenizer): ...\ndef b(model, tokenizer): ...")
    assert found.field == "entry_point"
    assert "with_options(entry_point=...)" in found.message
    assert "--function" in found.message


def test_what_a_technique_yields_is_returned_together(server: RunningServer) -> None:
    source = """
def steps(model, tokenizer, count):
    for i in range(count):
        yield {"step": i}
"""
    assert server.value(source, 3) == [{"step": 0}, {"step": 1}, {"step": 2}]
    assert server.value(source, 0) == []
    lazy = "def f(model, tokenizer): return (i for i in range(3))"
    assert server.value(lazy) == [0, 1, 2]
    failing = "def f(model, tokenizer):\n    yield 1\n    raise ValueError('late')"
    outcome = server.execute(failing)
    assert isinstance(outcome, Raised)
    assert (outcome.type, outcome.message, outcome.lines) == ("ValueError", "late", (3,))


def test_helpers_with_an_underscore_are_not_ambiguous(server: RunningServer) -> None:
    assert server.value("def _two(): return 2\ndef f(model, tokenizer): return _two()") == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"\xc1",
        b"\x92\x01",
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 5000 + b"\x01",
        b"\x91\xc7\x05\x63hello",
        wire.encode([1]) + b"\x00",
        wire.encode([b"x" * 10])[:-3],
    ],
    ids=["noise", "cut short", "claims too much", "nested too deep", "unknown extension",
         "left over", "string cut short"],
)  # fmt: skip
def test_malformed_arguments(server: RunningServer, raw: bytes) -> None:
    found = refusal(server, ECHO, raw_args=raw)
    assert (found.code, found.reason, found.field) == (INVALID, "REQUEST", "args")


def test_arguments_of_the_wrong_kind(server: RunningServer) -> None:
    found = refusal(server, ECHO, raw_args=wire.encode({"a": 1}))
    assert (found.code, found.field) == (INVALID, "args")
    assert "array" in found.message
    found = refusal(server, ECHO, raw_kwargs=wire.encode([1]))
    assert (found.code, found.field) == (INVALID, "kwargs")
    found = refusal(server, ECHO, raw_kwargs=msgpack.packb({1: 2}))
    assert "strings" in found.message


def test_arguments_that_the_function_does_not_take(server: RunningServer) -> None:
    outcome = server.execute("def f(model, tokenizer): return 1", 1, 2, 3)
    assert isinstance(outcome, Raised)
    assert outcome.type == "TypeError"
    assert "f()" in outcome.message


def test_oversized_arguments(server: RunningServer) -> None:
    size = 4 << 20
    found = refusal(server, ECHO, raw_args=wire.encode([b"x" * size]))
    assert (found.code, found.reason, found.field) == (INVALID, "REQUEST_TOO_LARGE", "args")
    assert "ExecuteUpload" in found.message


def test_negative_timeout(server: RunningServer) -> None:
    found = refusal(server, ECHO, timeout_s=-1.0)
    assert (found.code, found.field) == (INVALID, "options.timeout")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("return {'layers': [1, getattr(model, 'lm_head')]}", "result['layers'][1]"),
        ("return [lambda: 1][0]", "result"),
        ("return [1, (2, object())]", "result[1][1]"),
        ("a = []\n    a.append(a)\n    return a", "result"),
    ],
)
def test_a_result_that_does_not_travel_is_named(
    server: RunningServer, body: str, where: str
) -> None:
    found = refusal(server, f"def f(model, tokenizer):\n    {body}")
    assert found.field == "result"
    assert where in found.message


def test_arguments_and_results_of_every_kind(server: RunningServer) -> None:
    value = [None, True, 1, -(2**80), 1.5, 2 + 3j, "é", b"\x00\xff", [1], (1, (2,)), {"a": {1: 2}}]
    assert server.value(ECHO, *value) == [value, {}]


def test_check_runs_nothing(server: RunningServer) -> None:
    good = pb.Technique(source="raise_at_import = 1 / 0\ndef f(model, tokenizer): return 1")
    answer = server.stub.Check(pb.CheckRequest(technique=good))
    assert list(answer.functions) == ["f"]
    assert not answer.diagnostics.items
    bad = pb.Technique(
        source="import pickle\nimport socket\ndef f(model, tokenizer): return pickle, socket"
    )
    answer = server.stub.Check(pb.CheckRequest(technique=bad))
    assert [item.line for item in answer.diagnostics.items] == [1, 2]


def test_a_technique_failure_is_an_outcome(server: RunningServer) -> None:
    source = """
def inner(x):
    print("about to fail")
    raise ValueError(f"bad value: {x}")

def f(model, tokenizer, x):
    return inner(x)
"""
    outcome = server.execute(source, 41, entry_point="f")
    assert isinstance(outcome, Raised), outcome
    assert (outcome.type, outcome.message) == ("ValueError", "bad value: 41")
    assert outcome.lines == (7, 4)
    assert "return inner(x)" in outcome.traceback
    assert "session.py" not in outcome.traceback
    assert outcome.stdout == "about to fail\n"


def test_the_chain_of_causes_is_told(server: RunningServer) -> None:
    source = """
def f(model, tokenizer):
    try:
        {}["missing"]
    except KeyError as error:
        raise RuntimeError("outer") from error
"""
    outcome = server.execute(source)
    assert isinstance(outcome, Raised)
    text = outcome.traceback
    assert (
        text.index("KeyError: 'missing'")
        < text.index("direct cause")
        < text.index("RuntimeError: outer")
    )
