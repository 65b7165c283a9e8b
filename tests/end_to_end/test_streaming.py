"""The streamed call's events, and the standard services beside ours."""

from __future__ import annotations

import time

from cloche import wire
from cloche.v1 import execution_pb2 as pb
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.support.server import RunningServer, request

SERVICE = "cloche.v1.ExecutionService"


def events(server: RunningServer, source: str, **options: object) -> list[pb.ExecuteStreamResponse]:
    call = request(source, **options)  # type: ignore[arg-type]
    return list(server.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call)))


def kinds(found: list[pb.ExecuteStreamResponse]) -> list[str | None]:
    return [event.WhichOneof("event") for event in found]


def test_events_come_in_order(server: RunningServer) -> None:
    source = """
def f(model, tokenizer):
    for step in range(3):
        print("step", step)
        progress(step + 1, 3, "working")
    return "x" * 2_600_000
"""
    found = events(server, source, seed=5)
    names = kinds(found)
    assert names[0] == "accepted"
    assert names[-1] == "done"
    middle = [name for name in names if name in ("output", "progress")]
    assert middle == ["output", "progress"] * 3
    chunks = [event.result_chunk for event in found if event.WhichOneof("event") == "result_chunk"]
    assert all(0 < len(chunk.data) <= 1 << 18 for chunk in chunks)
    data = b"".join(chunk.data for chunk in chunks)
    assert {chunk.total_bytes for chunk in chunks} == {len(data)}
    assert wire.decode(data) == "x" * 2_600_000
    accepted = found[0].accepted
    assert accepted.call_id
    assert accepted.options.seed == 5
    last = [event.progress for event in found if event.WhichOneof("event") == "progress"][-1]
    assert (last.done, last.total, last.note) == (3, 3, "working")


def test_output_arrives_while_the_technique_runs(server: RunningServer) -> None:
    source = "import time\ndef f(model, tokenizer):\n    print('now')\n    time.sleep(1.5)"
    call = request(source)
    started = time.monotonic()
    for event in server.stub.ExecuteStream(pb.ExecuteStreamRequest(call=call)):
        if event.WhichOneof("event") == "output":
            assert event.output.text == "now\n"
            assert time.monotonic() - started < 1.0
            break
    else:
        raise AssertionError("no output")


def test_prints_that_come_together_travel_together(server: RunningServer) -> None:
    source = "def f(model, tokenizer):\n    for i in range(5000): print(i)"
    found = events(server, source)
    outputs = [event.output.text for event in found if event.WhichOneof("event") == "output"]
    assert "".join(outputs) == "".join(f"{i}\n" for i in range(5000))
    assert len(outputs) < 2500


def test_what_libraries_print_is_told_apart(kernel_wall_alone: RunningServer) -> None:
    source = (
        "import sys\ndef f(model, tokenizer):\n    print('out')\n    sys.stderr.write('careful')"
    )
    found = [
        event.output for event in events(kernel_wall_alone, source) if event.HasField("output")
    ]
    texts = {
        stream: "".join(output.text for output in found if output.stream == stream)
        for stream in (pb.STREAM_STDOUT, pb.STREAM_STDERR)
    }
    assert texts[pb.STREAM_STDOUT] == "out\n"
    assert "careful" in texts[pb.STREAM_STDERR]


def test_a_failure_comes_after_its_output(server: RunningServer) -> None:
    found = events(server, "def f(model, tokenizer):\n    print('first')\n    return 1 / 0")
    assert kinds(found) == ["accepted", "output", "done"]
    assert found[-1].done.failure.type == "ZeroDivisionError"


def test_health(server: RunningServer) -> None:
    stub = health_pb2_grpc.HealthStub(server.channel)
    for name in ("", SERVICE):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_reflection(server: RunningServer) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    (answer,) = stub.ServerReflectionInfo(asked)
    assert SERVICE in {service.name for service in answer.list_services_response.service}


def test_info_is_complete(server: RunningServer) -> None:
    info = server.info()
    assert info.state == pb.SERVER_STATE_READY
    assert info.model.architecture == "LlamaForCausalLM"
    assert info.model.dtype == "float32"
    assert info.model.parameters > 10_000
    assert info.model.threads == server.config.model.threads
    assert info.limits.timeout_max.seconds == server.config.limits.timeout_max_s
    assert {"torch", "numpy", "math"} <= set(info.importable_modules)
    assert {"cloche", "python", "torch", "transformers"} <= set(info.versions)
    layers = {layer.name: layer for layer in info.layers}
    assert layers["language wall"].active
    assert "read files" in layers["seccomp"].closes
