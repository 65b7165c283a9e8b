"""Import gRPC so that its own log lines stay off the caller's terminal: our errors say the same."""

from __future__ import annotations

import os
import sys

_VARIABLE = "GRPC_VERBOSITY"


def import_grpc() -> None:
    """Does nothing where the program has imported gRPC before, or decided itself what it logs."""
    if "grpc" in sys.modules or _VARIABLE in os.environ:
        return
    # Read once, while it is imported; neither the program nor its children should find it.
    os.environ[_VARIABLE] = "NONE"
    try:
        import grpc  # noqa: F401
    finally:
        del os.environ[_VARIABLE]
