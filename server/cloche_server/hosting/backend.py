"""The class that Modal runs in its container: starts the front, waits for the model, drains.

Holds: the front process. Never: the model, callers' code. Ends: with its front.
"""

from __future__ import annotations

import os
import signal

import modal

from cloche_server.config import ServerConfig
from cloche_server.hosting.deployment import CONFIG_ENV
from cloche_server.hosting.front import Front


class InterpBackend:
    """Registered by `app.build_app`; Modal makes one for each container."""

    _front: Front

    @modal.enter()
    def start(self) -> None:
        """Returns once the model is loaded: only then is the container given calls."""
        config = ServerConfig.from_json(os.environ[CONFIG_ENV])
        self._front = Front(config, os.environ)
        self._front.wait_until_ready()
        # A container whose server is gone must not stay where calls are sent.
        self._front.on_end(lambda: os.kill(os.getpid(), signal.SIGTERM))

    @modal.exit()
    def drain(self) -> None:
        """Calls in flight are answered, within the front's grace."""
        self._front.stop()
