"""A real server against requests of noise: it answers each with a status of its own, and lives."""

from __future__ import annotations

import grpc
from cloche import wire
from cloche.v1 import execution_pb2 as pb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.profile import examples
from tests.fuzz.values import damaged
from tests.support.server import RunningServer, refused

_CODES = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
}
_words = st.sampled_from(
    ["def f(model, tokenizer, *a, **k):\n    return a\n", "def f(", "lambda: 0", "class C:\n  ",
     "match x:\n", "\x00", "\ufeff", "é", "import os\n", "f", " ", "\n", "(" * 300, "x" * 500, "#",
     "'''", "\\", "1_0e9"]
)  # fmt: skip
_sources = (
    st.lists(_words | st.text(max_size=20), max_size=6).map("".join)
    | st.just("def f(model, tokenizer, *a, **k):\n    return a\n")
)  # fmt: skip
_args = st.binary(max_size=60) | damaged() | st.just(wire.encode([1])) | st.just(b"")
_calls = st.builds(
    lambda source, entry, args, kwargs, options: pb.Call(
        technique=pb.Technique(source=source, entry_point=entry),
        args=args,
        kwargs=kwargs,
        options=options,
    ),
    _sources,
    st.sampled_from(["", "f", "g", "__init__", "é", "a b"]) | st.text(max_size=10),
    _args,
    _args | st.just(wire.encode({"a": 1})),
    st.builds(
        pb.CallOptions,
        memory_bytes=st.sampled_from([0, 1, 1 << 20, 1 << 32, (1 << 64) - 1]),
        result_max_bytes=st.sampled_from([0, 1, 1 << 10, (1 << 64) - 1]),
        output_max_bytes=st.sampled_from([0, 1, (1 << 64) - 1]),
        seed=st.none() | st.integers(0, (1 << 64) - 1),
    ),
)


@given(_calls, st.sampled_from([0, 1, -1, 5, 1 << 40, -(1 << 40)]), st.integers(-(10**9), 10**9))
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_noise_is_answered_with_a_status_of_ours(
    server: RunningServer, call: pb.Call, seconds: int, nanos: int
) -> None:
    call.options.timeout.seconds, call.options.timeout.nanos = seconds, nanos
    try:
        response = server.stub.Execute(pb.ExecuteRequest(call=call), timeout=30)
    except grpc.RpcError as error:
        answer = refused(error)
        assert answer.code in _CODES, answer
        assert answer.reason, answer
    else:
        assert response.WhichOneof("outcome") in ("result", "failure")
    assert server.process.poll() is None


def test_the_server_serves_after_all_that(server: RunningServer) -> None:
    assert server.value("def f(model, tokenizer, a):\n    return a + 1\n", 1) == 2
