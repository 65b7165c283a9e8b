"""The zygote's own environment, for whoever is compared with it."""

from __future__ import annotations

import os

from cloche_server.models.load import SINGLE_THREADED_ENV


def adopt() -> None:
    """Sets it in this process, before torch is imported.

    Threads that spin while they wait would take a busy machine's time from one another.
    """
    os.environ.update(SINGLE_THREADED_ENV, OMP_WAIT_POLICY="PASSIVE")
