"""Cloche's client: send Python source to a model that stays loaded, and get plain values back.

Importing this package imports neither torch nor a server. Names are bound on first use: the server
shares `cloche.wire`, and its sandboxes should hold no gRPC and no terminal.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloche._async_client import AsyncInterpClient, AsyncSession
    from cloche._client import InterpClient
    from cloche._directory import TechniqueDirectory, load_techniques_from_dir
    from cloche._events import Accepted, Done, Event, Log, Output, Progress, Usage
    from cloche._info import Layer, ModelInfo, ServedModel, ServerInfo, ServerLimits
    from cloche._map import MapItem
    from cloche._picture import Picture, plot
    from cloche._progress import progress
    from cloche._session import Session, SessionTerms
    from cloche._technique import Technique
    from cloche.convert import convert_technique_to_standalone
    from cloche.errors import (
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
        PolicyError,
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
    from cloche.wire import Record, RecordTuple

__all__ = [
    "Accepted",
    "AsyncInterpClient",
    "AsyncSession",
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
    "Picture",
    "PolicyError",
    "Progress",
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
    "Usage",
    "WireError",
    "convert_technique_to_standalone",
    "load_techniques_from_dir",
    "plot",
    "progress",
]

_HOMES = {
    "cloche._async_client": ("AsyncInterpClient", "AsyncSession"),
    "cloche._client": ("InterpClient",),
    "cloche.convert": ("convert_technique_to_standalone",),
    "cloche._directory": ("TechniqueDirectory", "load_techniques_from_dir"),
    "cloche._events": ("Accepted", "Done", "Event", "Log", "Output", "Progress", "Usage"),
    "cloche._info": ("Layer", "ModelInfo", "ServedModel", "ServerInfo", "ServerLimits"),
    "cloche._map": ("MapItem",),
    "cloche._picture": ("Picture", "plot"),
    "cloche._progress": ("progress",),
    "cloche._session": ("Session", "SessionTerms"),
    "cloche._technique": ("Technique",),
    "cloche.wire": ("Record", "RecordTuple"),
}
# Those that import gRPC.
_SPEAKING = ("cloche._async_client", "cloche._client", "cloche._session")
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from cloche.versions import own_version

        return own_version()
    if name not in __all__:
        raise AttributeError(f"module 'cloche' has no attribute {name!r}")
    home = _HOME.get(name, "cloche.errors")
    if home in _SPEAKING:
        from cloche._quiet import import_grpc

        import_grpc()
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
