"""From a server's configuration to what it records."""

from __future__ import annotations

from pathlib import Path

from cloche.contract.config import ConfigError, ServerConfig
from cloche.contract.settings import Named

from cloche_server.record.audit_log import AuditLog, LogTaken
from cloche_server.record.chain import ChainFault
from cloche_server.record.recorder import Recorder
from cloche_server.record.spending import Spending


def recorder_of(config: ServerConfig) -> Recorder:
    """Raises ConfigError where the audit log cannot be gone on with."""
    spending = Spending()
    if config.record is None:
        return Recorder(spending)
    try:
        return Recorder(spending, AuditLog(Path(config.record), spending))
    except (OSError, LogTaken, ChainFault) as error:
        raise ConfigError(Named("record"), f" is {config.record!r}: {error}") from None
