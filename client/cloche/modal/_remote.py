"""A server on Modal, found by its app's name: where it is, and what Modal knows while no container
answers yet.
"""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cloche.contract.errors import ClocheError, HostingError, InvalidRequestError
from cloche.contract.text import one_line
from cloche.modal._deploy import no_app, server_of
from cloche.modal._edge import (
    NO_CONTAINER,
    TOKEN_ADVICE,
    EdgeServer,
    ProxyToken,
    checked_token,
    host_and_port,
    token_of_environment,
)
from cloche.modal._errors import translated

if TYPE_CHECKING:
    import modal

# Modal is asked no more often than this what its containers are doing.
_ASK_EVERY_S = 2.0
# Whoever asks again after so long waits for another start: what was logged before is not its.
_FORGET_AFTER_S = 30.0
# A front's log line: level, logger, text.
_STAGE_LOGGER = " cloche_server.front.supervisor: "


@dataclass(eq=False)
class ModalServer(EdgeServer):
    """Found with `find`."""

    _server: modal.Server
    _asked_at: float = -math.inf
    _since: datetime = field(default_factory=lambda: datetime.now(UTC))
    _stage: str = NO_CONTAINER

    def stage(self) -> str:
        """What is known of a start: no container yet, one starting, or what it last logged."""
        now = time.monotonic()
        if now - self._asked_at > _FORGET_AFTER_S:
            self._since = datetime.now(UTC)
        if now - self._asked_at >= _ASK_EVERY_S:
            self._asked_at = now
            # It is only for show: the wait itself does not depend on it.
            with contextlib.suppress(ClocheError), translated("asking Modal"):
                self._stage = self._ask()
        return self._stage

    def _ask(self) -> str:
        stages = [
            entry.message.partition(_STAGE_LOGGER)[2]
            for entry in self._server.logs.tail(20)
            if _STAGE_LOGGER in entry.message and entry.timestamp >= self._since
        ]
        if stages:
            return f"model: {one_line(stages[-1], 60)}"
        if self._server.stats().container_creating_at_end_count:
            return "a container is starting"
        return NO_CONTAINER

    def _if_gone(self) -> str:
        return no_app(self.name)

    def _last_known(self) -> str:
        return f"last known: {self._stage}. `cloche logs {self.name}` shows what its containers say"


def find(
    app_name: str, *, proxy_token: ProxyToken | None = None, environment: str | None = None
) -> ModalServer:
    """Asks Modal where the app's server is and whether it wants a token.

    Args:
        proxy_token: (id, secret); None takes it from the environment.
        environment: Modal's, in which the app is; None: the one that Modal's settings name.

    Raises:
        HostingError: not logged in, no such app, or no server of ours in it.
        InvalidRequestError: it wants a token and there is none.
    """
    missing = no_app(app_name, environment)
    with translated(f"looking up {app_name}", missing=missing):
        server = server_of(app_name, environment)
        url = server.get_url()
        info = server.info()
        wants_token = not info.unauthenticated
    if not url:
        raise HostingError(f"looking up {app_name}: Modal gives no URL for it; {missing}")
    token = checked_token(proxy_token) or token_of_environment()
    if wants_token and token is None:
        raise InvalidRequestError(
            f"{app_name} wants a proxy token; {TOKEN_ADVICE}", field="proxy_token"
        )
    address = host_and_port(url)
    if address is None:
        raise HostingError(
            f"Modal gave {one_line(repr(url), 100)} as the server's URL; it should begin with "
            "https:// and a host's name"
        )
    token = token if wants_token else None
    if info.h2_enabled:
        return ModalServer(app_name, address, token, server)
    from cloche.modal.tunnel.server import TunnelServer

    return TunnelServer(app_name, address, token, server)
