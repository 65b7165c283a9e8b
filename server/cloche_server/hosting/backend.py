"""The class that Modal runs in its container: starts the front, waits for the model, drains.

Holds: the front process, and the gate's where calls come through a tunnel. Never: the model,
callers' code. Ends: with either of them.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import modal
from cloche.contract.config import ServerConfig

from cloche_server.hosting.deployment import CONFIG_ENV, TUNNEL_ENV
from cloche_server.hosting.front import Front

if TYPE_CHECKING:
    from cloche_server.hosting.child import Child


class InterpBackend:
    """Registered by `app.build_app`; Modal makes one for each container."""

    _front: Front
    _tunnel: Child | None = None

    @modal.enter()
    def start(self) -> None:
        """Returns once the model is loaded: only then is the container given calls."""
        config = ServerConfig.from_json(os.environ[CONFIG_ENV])
        self._front = Front(config, os.environ)
        self._front.wait_until_ready()
        # A container whose server is gone must not stay where calls are sent.
        self._front.on_end(_end)
        port = os.environ.get(TUNNEL_ENV)
        if port is not None:
            from cloche_server.hosting.tunnel.opened import Tunnel

            self._tunnel = Tunnel(
                config, int(port), os.environ, lambda to: modal.forward(to, h2_enabled=True)
            )
            self._tunnel.on_end(_end)

    @modal.exit()
    def drain(self) -> None:
        """Calls in flight are answered, within the front's grace, or told why they are not."""
        if self._tunnel is not None:
            self._tunnel.tell()
        self._front.stop()
        if self._tunnel is not None:
            self._tunnel.stop()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
