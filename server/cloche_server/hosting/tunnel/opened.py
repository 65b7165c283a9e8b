"""The way in where Modal's proxy does not carry gRPC: a gate, and a tunnel of Modal's that leads to
it. Opened once the model is loaded, closed after the last call.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass
from typing import Protocol

from cloche.contract.config import INLINE_BYTES, MIB, ServerConfig

from cloche_server.hosting.child import Child
from cloche_server.hosting.deployment import gate_port
from cloche_server.hosting.front import FrontEnded, front_environment

# The front ends calls at its own time and says why; the gate passes that on.
_AFTER_THE_FRONT_S = 10.0
_STOP_S = 5.0
# Above what the front takes, so that its own refusal with its details comes first.
_SLACK_BYTES = 2 * MIB


@dataclass(frozen=True, kw_only=True)
class GateConfig:
    """Where the gate listens, and what it guards."""

    lease_port: int
    calls_port: int
    front: str
    request_max_bytes: int
    # How long calls in flight may go on once it is told to stop.
    drain_s: float


class Forwarded(Protocol):
    """What `modal.forward` gives."""

    @property
    def tls_socket(self) -> tuple[str, int]: ...


class Tunnel(Child):
    """The gate's process, and the tunnel to it."""

    def __init__(
        self,
        config: ServerConfig,
        port: int,
        environment: Mapping[str, str],
        forward: Callable[[int], AbstractContextManager[Forwarded]],
    ) -> None:
        """Opens both.

        Args:
            port: where leases are given.
            forward: opens a tunnel to a port.

        Raises:
            FrontEnded: the gate did not open; its log says why.
        """
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cloche_server.hosting.tunnel.gate"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_gate_environment(environment),
            start_new_session=True,
        )
        super().__init__(process, drain_s=config.drain_s + _AFTER_THE_FRONT_S + _STOP_S)
        self._opened = ExitStack()
        try:
            self._say(json.dumps(asdict(_gate_config(config, port))))
            self._hear("listening")
            # Of the tunnel the host and port are public; without a lease's token they are no use.
            host, public_port = self._opened.enter_context(forward(gate_port(port))).tls_socket
            self._say(json.dumps({"address": f"{host}:{public_port}"}))
            self._hear("leasing")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """No new leases; calls in flight are answered, then the tunnel closes."""
        super().stop()
        self._opened.close()

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None  # noqa: S101  # a pipe, see above
        with contextlib.suppress(BrokenPipeError):  # _hear says that it is gone
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def _hear(self, expected: str) -> None:
        assert self.process.stdout is not None  # noqa: S101  # a pipe, see above
        if self.process.stdout.readline().decode().strip() != expected:
            raise FrontEnded("the tunnel's gate did not open; the lines above say why")


def _gate_config(config: ServerConfig, port: int) -> GateConfig:
    limits = config.limits
    return GateConfig(
        lease_port=port,
        calls_port=gate_port(port),
        front=config.listen,
        request_max_bytes=limits.source_max_bytes + 2 * INLINE_BYTES + _SLACK_BYTES,
        drain_s=config.drain_s + _AFTER_THE_FRONT_S,
    )


def _gate_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """As the front's, without the hub's token, which is none of its business."""
    passed = front_environment(environment)
    return {name: value for name, value in passed.items() if not name.startswith("HF_")}
