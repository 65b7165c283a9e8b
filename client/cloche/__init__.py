"""Cloche's client: send Python source to a model that stays loaded, and get plain values back.

Importing this package imports neither torch nor a server. Names are bound on first use: the server
shares `cloche.wire`, and its sandboxes should hold no gRPC and no terminal.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloche.client.async_client import AsyncInterpClient, AsyncSession
    from cloche.client.events import Accepted, Done, Event, Log, Output, Progress, Queued, Usage
    from cloche.client.info import Layer, ModelInfo, ServedModel, ServerInfo, ServerLimits
    from cloche.client.interp_client import InterpClient
    from cloche.client.map import MapItem
    from cloche.client.picture import Picture, plot
    from cloche.client.progress import progress
    from cloche.client.session import Session, SessionTerms
    from cloche.contract.errors import (
        AuthenticationError,
        BudgetError,
        CallCancelledError,
        CallTimeoutError,
        ClocheError,
        ConversionError,
        Diagnostic,
        Frame,
        HostingError,
        InvalidRequestError,
        LimitError,
        MapError,
        MemoryLimitError,
        OutputLimitError,
        PermissionDeniedError,
        PolicyError,
        RateLimitError,
        ResultLimitError,
        SandboxError,
        ServerBusyError,
        ServerError,
        ServerStartError,
        ServerUnavailableError,
        SessionError,
        SourceError,
        TechniqueError,
        TechniqueFilesError,
        WireError,
    )
    from cloche.convert import convert_technique_to_standalone
    from cloche.source.directory import TechniqueDirectory, load_techniques_from_dir
    from cloche.source.technique import Technique
    from cloche.tls import Tls
    from cloche.wire import Record, RecordTuple

__all__ = [
    "Accepted",
    "AsyncInterpClient",
    "AsyncSession",
    "AuthenticationError",
    "BudgetError",
    "CallCancelledError",
    "CallTimeoutError",
    "ClocheError",
    "ConversionError",
    "Diagnostic",
    "Done",
    "Event",
    "Frame",
    "HostingError",
    "InterpClient",
    "InvalidRequestError",
    "Layer",
    "LimitError",
    "Log",
    "MapError",
    "MapItem",
    "MemoryLimitError",
    "ModelInfo",
    "Output",
    "OutputLimitError",
    "PermissionDeniedError",
    "Picture",
    "PolicyError",
    "Progress",
    "Queued",
    "RateLimitError",
    "Record",
    "RecordTuple",
    "ResultLimitError",
    "SandboxError",
    "ServedModel",
    "ServerBusyError",
    "ServerError",
    "ServerInfo",
    "ServerLimits",
    "ServerStartError",
    "ServerUnavailableError",
    "Session",
    "SessionError",
    "SessionTerms",
    "SourceError",
    "Technique",
    "TechniqueDirectory",
    "TechniqueError",
    "TechniqueFilesError",
    "Tls",
    "Usage",
    "WireError",
    "convert_technique_to_standalone",
    "load_techniques_from_dir",
    "plot",
    "progress",
]

_HOMES = {
    "cloche.client.async_client": ("AsyncInterpClient", "AsyncSession"),
    "cloche.client.interp_client": ("InterpClient",),
    "cloche.convert": ("convert_technique_to_standalone",),
    "cloche.source.directory": ("TechniqueDirectory", "load_techniques_from_dir"),
    "cloche.client.events": (
        "Accepted",
        "Done",
        "Event",
        "Log",
        "Output",
        "Progress",
        "Queued",
        "Usage",
    ),
    "cloche.client.info": ("Layer", "ModelInfo", "ServedModel", "ServerInfo", "ServerLimits"),
    "cloche.client.map": ("MapItem",),
    "cloche.client.picture": ("Picture", "plot"),
    "cloche.client.progress": ("progress",),
    "cloche.client.session": ("Session", "SessionTerms"),
    "cloche.source.technique": ("Technique",),
    "cloche.tls": ("Tls",),
    "cloche.wire": ("Record", "RecordTuple"),
}
# Those that import gRPC.
_SPEAKING = (
    "cloche.client.async_client",
    "cloche.client.interp_client",
    "cloche.tls",
)
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from cloche.contract.versions import own_version

        return own_version()
    if name not in __all__:
        raise AttributeError(f"module 'cloche' has no attribute {name!r}")
    home = _HOME.get(name, "cloche.contract.errors")
    if home in _SPEAKING:
        from cloche.client.quiet import import_grpc

        import_grpc()
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
