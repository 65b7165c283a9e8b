"""Metrics and spans of calls, over OpenTelemetry's interfaces; nothing of this without its extra.

A call's spans are made when it has ended, from the times that its line in the log has too: `call`
from its arrival on, in it `admit` until it has a slot, `sandbox` until a sandbox is its own, and
`run`, in which are `compile` at its beginning and `encode`, of the result, at its end: these two
are what the sandbox claims. A caller's `traceparent` makes them part of its own trace.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from cloche_server.identity.caller import Caller
from cloche_server.record.load import Load

Fields = Mapping[str, str | int | float]

_TRACE: Final = TraceContextTextMapPropagator()
_NS: Final = 1_000_000_000


class Telemetry:
    """For one server."""

    def __init__(self, meters: metrics.MeterProvider, tracers: trace.TracerProvider) -> None:
        self._meter = meters.get_meter("cloche")
        self._tracer = tracers.get_tracer("cloche")
        self._calls = self._meter.create_counter(
            "cloche.calls", description="Calls and checks that have ended, by how."
        )
        self._ran = self._meter.create_histogram(
            "cloche.call.seconds", unit="s", description="Seconds that a technique ran."
        )
        self._queued = self._meter.create_histogram(
            "cloche.call.queued.seconds", unit="s", description="Seconds that a call waited."
        )
        self._memory = self._meter.create_histogram(
            "cloche.call.memory.bytes", unit="By", description="The most that a call added."
        )
        self._away = self._meter.create_counter(
            "cloche.turned_away", description="Callers that were not let in."
        )

    def watch(self, loads: Callable[[], Iterable[Load]], held_bytes: Callable[[], int]) -> None:
        """What is asked for whenever metrics are read, from another thread.

        Args:
            held_bytes: what requests and answers take of the front's memory.
        """

        def gauge(name: str, of: Callable[[Load], int], description: str) -> None:
            def observe(_: CallbackOptions) -> Iterable[Observation]:
                return [Observation(of(load), {"model": load.model}) for load in loads()]

            self._meter.create_observable_gauge(name, [observe], description=description)

        gauge("cloche.computing", lambda load: load.computing, "Calls that compute.")
        gauge("cloche.waiting", lambda load: load.waiting, "Calls that wait for a slot.")
        gauge("cloche.sandboxes.ready", lambda load: load.sandboxes_ready, "Sandboxes ahead.")
        self._meter.create_observable_gauge(
            "cloche.held.bytes",
            [lambda _: [Observation(held_bytes())]],
            unit="By",
            description="What requests and answers take of the front's memory.",
        )

    def turned_away(self, count: int) -> None:
        self._away.add(count)

    def ended(self, who: Caller, fields: Fields, trace_headers: Mapping[str, str]) -> None:
        """Args: trace_headers: `traceparent` and `tracestate`, where the caller sent them."""
        # An exception's name is its caller's to choose: as a label it would be one more each time.
        outcome = str(fields["outcome"]).partition(" ")[0]
        labels = {
            "verb": fields["verb"], "model": fields["model"], "tenant": who.tenant,
            "outcome": outcome,
        }  # fmt: skip
        self._calls.add(1, labels)
        ran_s, queued_s = (float(fields.get(name, 0.0)) for name in ("ran_s", "queued_s"))
        of_model = {"model": fields["model"], "tenant": who.tenant}
        if "ran_s" in fields:
            self._ran.record(ran_s, of_model)
            self._memory.record(int(fields.get("memory_peak_bytes", 0)), of_model)
        if "queued_s" in fields:
            self._queued.record(queued_s, of_model)
        self._trace(fields, {**labels, "call_id": fields["call_id"]}, trace_headers, ran_s)

    def _trace(
        self,
        fields: Fields,
        labels: Mapping[str, str | int | float],
        trace_headers: Mapping[str, str],
        ran_s: float,
    ) -> None:
        end = time.time_ns()
        start = end - _ns(fields, "seconds")
        parent = _TRACE.extract(trace_headers)
        call = self._tracer.start_span(
            f"cloche.{fields['verb']}", parent, trace.SpanKind.SERVER, labels, start_time=start
        )
        if not call.is_recording():
            return
        inside = trace.set_span_in_context(call)
        if "queued_s" in fields:
            admitted = start + _ns(fields, "queued_s")
            self._span("admit", inside, start, admitted)
            begun = admitted + _ns(fields, "sandbox_s")
            self._span("sandbox", inside, admitted, begun)
            if "ran_s" in fields:
                ended = min(end, begun + int(ran_s * _NS))
                run = self._span("run", inside, begun, ended)
                within = trace.set_span_in_context(run)
                if "compile_s" in fields:
                    compiled = begun + _ns(fields, "compile_s")
                    self._span("compile", within, begun, compiled)
                    self._span("encode", within, ended - _ns(fields, "encode_s"), ended)
        call.end(end)

    def _span(self, name: str, inside: Context, start: int, end: int) -> trace.Span:
        span = self._tracer.start_span(name, inside, start_time=start)
        span.end(end)
        return span


def _ns(fields: Fields, name: str) -> int:
    return int(float(fields.get(name, 0.0)) * _NS)
