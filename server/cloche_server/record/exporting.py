"""Export metrics and spans: to a Prometheus endpoint of our own, and by OTLP to a collector.

OpenTelemetry's own variables say where to by OTLP: `OTEL_EXPORTER_OTLP_ENDPOINT` and others.
"""

from __future__ import annotations

import os

from cloche.contract.address import is_local
from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, start_http_server

from cloche_server.record.telemetry import Telemetry


def exported(config: ServerConfig, *, by_otlp: bool) -> Telemetry:
    """Begins to export. Raises ConfigError where nothing can listen at the endpoint."""
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "cloche")})
    readers: list[MetricReader] = []
    if by_otlp:
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
    if config.metrics is not None:
        readers.append(_prometheus(config.metrics, unprotected=config.unprotected))
    tracers = TracerProvider(resource=resource)
    if by_otlp:
        tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Telemetry(MeterProvider(readers, resource), tracers)


def _prometheus(address: str, *, unprotected: bool) -> PrometheusMetricReader:
    if address.startswith("unix:") or not (is_local(address) or unprotected):
        raise ConfigError(
            Named("metrics"),
            f" is {address!r}; it asks nobody who they are, and names tenants: give a port of "
            "127.0.0.1, or say ",
            Named("unprotected"),
        )
    host, _, port = address.rpartition(":")
    registry = CollectorRegistry()
    try:
        start_http_server(int(port), host.strip("[]"), registry)
    except OSError as error:
        raise ConfigError(Named("metrics"), f" is {address!r}: {error.strerror}") from None
    return PrometheusMetricReader(registry=registry)
