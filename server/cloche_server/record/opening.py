"""Make what a server records from its configuration."""

from __future__ import annotations

import importlib.util
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named

from cloche_server.identity.spending import Spending
from cloche_server.record.audit_log import AuditLog, LogTaken
from cloche_server.record.chain import ChainFault
from cloche_server.record.recorder import Recorder

if TYPE_CHECKING:
    from cloche_server.record.telemetry import Telemetry

_log = logging.getLogger(__name__)

_OTLP: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)  # fmt: skip
_EXTRA: Final = ("opentelemetry", "prometheus_client")


def telemetry_of(config: ServerConfig) -> Telemetry | None:
    """None where nobody has asked for metrics or spans. Raises ConfigError."""
    by_otlp = next((name for name in _OTLP if name in os.environ), None)
    if config.metrics is None and by_otlp is None:
        return None
    lacking = [name for name in _EXTRA if importlib.util.find_spec(name) is None]
    if lacking and config.metrics is not None:
        raise ConfigError(Named("metrics"), " needs pip install 'cloche[otel]'")
    if lacking:
        _log.warning("%s is set, and needs pip install 'cloche[otel]'", by_otlp)
        return None
    from cloche_server.record.exporting import exported

    return exported(config, by_otlp=by_otlp is not None)


def recorder_of(config: ServerConfig) -> Recorder:
    """Raises ConfigError where the audit log cannot be gone on with."""
    spending = Spending()
    telemetry = telemetry_of(config)
    if config.record is None:
        return Recorder(spending, telemetry=telemetry)
    try:
        return Recorder(spending, AuditLog(Path(config.record), spending), telemetry)
    except (OSError, LogTaken, ChainFault) as error:
        raise ConfigError(Named("record"), f" is {config.record!r}: {error}") from None
