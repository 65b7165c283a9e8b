"""Metrics and spans: what a call becomes, and where it can be read."""

from __future__ import annotations

import urllib.request

import pytest
from cloche.contract.config import ConfigError, ModelConfig, ServerConfig
from cloche_server.identity.caller import Caller
from cloche_server.record import opening
from cloche_server.record.exporting import exported
from cloche_server.record.load import Load
from cloche_server.record.opening import telemetry_of
from cloche_server.record.recorder import Recorder
from cloche_server.record.telemetry import Telemetry
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.support.server import free_port

FIELDS = {
    "verb": "call", "model": "m", "call_id": "c", "outcome": "raised Evil1234", "seconds": 3.0,
    "queued_s": 1.0, "sandbox_s": 0.0, "ran_s": 2.0, "memory_peak_bytes": 7, "compile_s": 0.25,
    "encode_s": 0.5,
}  # fmt: skip
ALICE = Caller(tenant="alice")
PARENT = {"traceparent": "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"}


def made() -> tuple[Telemetry, InMemoryMetricReader, InMemorySpanExporter]:
    reader, spans = InMemoryMetricReader(), InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    return Telemetry(MeterProvider([reader]), tracers), reader, spans


def points(reader: InMemoryMetricReader) -> dict[str, list[object]]:
    data = reader.get_metrics_data()
    assert data is not None
    return {
        metric.name: list(metric.data.data_points)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def test_a_call_is_counted_by_how_it_ended_and_never_by_what_its_caller_names() -> None:
    telemetry, reader, _ = made()
    for name in ("Evil1", "Evil2"):
        telemetry.ended(ALICE, {**FIELDS, "outcome": f"raised {name}"}, {})
    telemetry.ended(ALICE, {**FIELDS, "outcome": "BUSY"}, {})
    found = {
        point.attributes["outcome"]: point.value  # type: ignore[attr-defined]
        for point in points(reader)["cloche.calls"]
    }
    assert found == {"raised": 2, "BUSY": 1}
    assert "Evil" not in str(points(reader))


def test_what_goes_on_is_read_when_it_is_asked_for() -> None:
    telemetry, reader, _ = made()
    waiting = [3]

    def loads() -> list[Load]:
        return [Load(model="m", computing=2, waiting=waiting[0], sandboxes_ready=1)]

    telemetry.watch(loads, lambda: 99)
    telemetry.turned_away(5)
    found = points(reader)
    assert found["cloche.waiting"][0].value == 3  # type: ignore[attr-defined]
    assert found["cloche.held.bytes"][0].value == 99  # type: ignore[attr-defined]
    assert found["cloche.turned_away"][0].value == 5  # type: ignore[attr-defined]
    waiting[0] = 4
    assert points(reader)["cloche.waiting"][0].value == 4  # type: ignore[attr-defined]


def test_spans_are_part_of_the_callers_trace() -> None:
    telemetry, _, spans = made()
    telemetry.ended(ALICE, FIELDS, PARENT)
    found: dict[str, ReadableSpan] = {span.name: span for span in spans.get_finished_spans()}
    assert set(found) == {"cloche.call", "admit", "sandbox", "run", "compile", "encode"}
    call, admit, run = found["cloche.call"], found["admit"], found["run"]
    assert call.context is not None
    assert call.parent is not None
    assert trace.format_trace_id(call.context.trace_id) == "ab" * 16
    assert trace.format_span_id(call.parent.span_id) == "cd" * 8
    assert call.attributes is not None
    assert (call.attributes["tenant"], call.attributes["outcome"]) == ("alice", "raised")

    def seconds(span: ReadableSpan) -> float:
        assert span.start_time is not None
        assert span.end_time is not None
        return (span.end_time - span.start_time) / 1e9

    assert [seconds(each) for each in (call, admit, run)] == pytest.approx([3, 1, 2], abs=0.01)
    assert run.context is not None
    inner = [found["compile"], found["encode"]]
    assert [seconds(each) for each in inner] == pytest.approx([0.25, 0.5], abs=0.01)
    assert {each.parent.span_id for each in inner if each.parent} == {run.context.span_id}
    assert {each.parent.span_id for each in (admit, run) if each.parent} == {call.context.span_id}


@pytest.mark.parametrize(
    "headers", [{}, {"traceparent": "x" * 5000}, {"tracestate": "a=b"}, {"traceparent": "00-0-0-0"}]
)
def test_a_trace_that_is_none_begins_one(headers: dict[str, str]) -> None:
    telemetry, _, spans = made()
    telemetry.ended(ALICE, FIELDS, headers)
    (call,) = (span for span in spans.get_finished_spans() if span.name == "cloche.call")
    assert call.parent is None


def test_a_call_that_was_turned_away_has_no_run() -> None:
    telemetry, _, spans = made()
    fields = {name: FIELDS[name] for name in ("verb", "model", "call_id", "outcome", "seconds")}
    Recorder(telemetry=telemetry).ended(ALICE, fields, {})
    assert [span.name for span in spans.get_finished_spans()] == ["cloche.call"]


def _config(metrics: str | None, *, unprotected: bool = False) -> ServerConfig:
    return ServerConfig(model=ModelConfig(name="m"), metrics=metrics, unprotected=unprotected)


def test_prometheus_reads_them() -> None:
    port = free_port()
    telemetry = exported(_config(f"127.0.0.1:{port}"), by_otlp=False)
    telemetry.ended(ALICE, FIELDS, {})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        text = answer.read().decode()
    assert 'cloche_calls_total{model="m",' in text
    assert 'outcome="raised"' in text
    assert "cloche_call_seconds" in text
    with pytest.raises(ConfigError, match=r"metrics is .*: Address already in use"):
        exported(_config(f"127.0.0.1:{port}"), by_otlp=False)


def test_it_is_off_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    # Says how to send, and not that anything should be sent.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "a=b")
    assert telemetry_of(_config(None)) is None


def test_without_the_extra_only_who_asks_for_metrics_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A variable of somebody's environment is no reason not to serve."""
    monkeypatch.setattr(opening, "_EXTRA", ("no_such_module",))
    with pytest.raises(ConfigError, match=r"cloche\[otel\]"):
        telemetry_of(_config("127.0.0.1:1"))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    assert telemetry_of(_config(None)) is None
    assert "cloche[otel]" in caplog.text


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "host.example:1", "unix:/tmp/x"])
def test_an_endpoint_that_asks_nobody_is_for_this_machine(address: str) -> None:
    with pytest.raises(ConfigError, match="it asks nobody who they are, and names tenants"):
        exported(_config(address), by_otlp=False)
