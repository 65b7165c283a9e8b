"""Assembles a server and runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
from cloche.status import Reason
from cloche.v1 import execution_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from cloche_server.config import INLINE_BYTES, ServerConfig
from cloche_server.front.audit import ignore_hang_ups
from cloche_server.front.methods import SERVICE, add_to_server
from cloche_server.front.models import Models
from cloche_server.front.refusal import Refusal
from cloche_server.front.service import ExecutionService
from cloche_server.front.supervisor import StartError
from cloche_server.listening import LISTENING

_log = logging.getLogger(__name__)

_SERVICE = SERVICE.full_name
_DRAIN_S = 10.0
# What it may take to tell a caller that its call is ended, and how often it is seen who runs.
_TELLING_S = 1.0
_LOOK_S = 0.05
_SOCKET_PATH_BYTES = 107
_WHY_NOT_BOUND = {
    errno.EADDRINUSE: "another process listens there; end it, or choose another port",
    errno.EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 is all that it has",
    errno.EACCES: "ports below 1024 are for root; choose another",
}
# Above what source and arguments may take, so that our own refusal with its details comes first.
_REQUEST_SLACK_BYTES = 64 << 20


def serve(config: ServerConfig, *, until_stdin_closes: bool = False) -> int:
    """Serves until SIGTERM or SIGINT; returns the process's exit code.

    Args:
        until_stdin_closes: also stop when standard input ends: an embedded server must not outlive
            its parent, however that ends.
    """
    return asyncio.run(_serve(config, until_stdin_closes))


async def _serve(config: ServerConfig, until_stdin_closes: bool) -> int:
    healths = health.aio.HealthServicer()
    pending: set[asyncio.Task[None]] = set()

    def on_state(state: execution_pb2.ServerState.ValueType) -> None:
        serving = state == execution_pb2.SERVER_STATE_READY
        answer = (
            health_pb2.HealthCheckResponse.SERVING
            if serving
            else health_pb2.HealthCheckResponse.NOT_SERVING
        )
        for name in ("", _SERVICE):
            task = asyncio.ensure_future(healths.set(name, answer))
            pending.add(task)
            task.add_done_callback(pending.discard)

    limits = config.limits
    models = Models(config, on_state)
    ignore_hang_ups()
    on_state(models.shown.state)
    server = grpc.aio.server(
        options=[
            ("grpc.max_receive_message_length",
             limits.source_max_bytes + 2 * INLINE_BYTES + _REQUEST_SLACK_BYTES),
            # Uploads come in pieces of this size; the default cuts each into sixty.
            ("grpc.http2.max_frame_size", 1 << 20),
            *LISTENING,
        ]
    )  # fmt: skip
    service = ExecutionService(config, models)
    add_to_server(service, server)
    health_pb2_grpc.add_HealthServicer_to_server(healths, server)
    names = (_SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
    reflection.enable_server_reflection(names, server)
    try:
        _listen(server, config.listen)
    except (OSError, RuntimeError) as error:
        reason = str(error).partition("; set GRPC_VERBOSITY")[0]  # gRPC's advice to its developers
        print(f"cloche: cannot listen on {config.listen}: {reason}", file=sys.stderr)
        return 1
    await server.start()
    _log.info("listening on %s", config.listen)
    # Resolved with the seconds that running calls are given to end.
    stop: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    # Set when somebody asks a second time.
    hurry = asyncio.Event()

    def stop_within(grace_s: float) -> None:
        if stop.done():
            hurry.set()
        else:
            stop.set_result(grace_s)

    _stop_on_signals(lambda: stop_within(_DRAIN_S))
    if until_stdin_closes:
        # Whoever could take the results is gone.
        _stop_on_end_of_input(lambda: stop_within(0))
    return await _until(stop, hurry, models, service, server)


async def _until(
    stop: asyncio.Future[float],
    hurry: asyncio.Event,
    models: Models,
    service: ExecutionService,
    server: grpc.aio.Server,
) -> int:
    running = asyncio.create_task(models.run())
    either: set[asyncio.Future[Any]] = {running, stop}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    code = 0
    models.stopping()
    if running.done():
        code = 1
        error = running.exception()
        if isinstance(error, StartError):
            print(f"cloche: {error}", file=sys.stderr)
        else:
            _log.error("the supervisor failed", exc_info=error)
    await _drain(service, server, stop.result() if stop.done() else 0, hurry)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    _log.info("stopped")
    return code


async def _drain(
    service: ExecutionService, server: grpc.aio.Server, grace_s: float, hurry: asyncio.Event
) -> None:
    """Takes no further call; those that run may end within `grace_s`, or are ended, and told."""
    _log.info("stopping: %d calls run and have %g s to end", service.calls_running, grace_s)
    stopped = asyncio.create_task(server.stop(grace_s + _TELLING_S))
    ended = time.monotonic() + grace_s
    while service.calls_running and not hurry.is_set() and time.monotonic() < ended:
        await asyncio.wait({stopped}, timeout=_LOOK_S)
    if service.calls_running:
        _log.warning("stopping: calls ended on the way: %d", service.calls_running)
        service.end_all_calls(
            Refusal(
                Reason.CANCELLED,
                "the server was stopped before the call had ended; run it again when the server "
                "is back",
            )
        )
    await stopped


def _listen(server: grpc.aio.Server, address: str) -> None:
    path = address.removeprefix("unix:")
    if path != address:
        # A socket left behind by a server that was killed; anything else in the way is an error.
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(os.stat(path).st_mode):
                Path(path).unlink()
    try:
        if server.add_insecure_port(address) == 0:
            raise OSError("gRPC refuses it")
    except (OSError, RuntimeError):
        _try_to_bind(address)  # gRPC says the same of all that may be wrong
        raise


def _try_to_bind(address: str) -> None:
    """Raises OSError with what is wrong with the address, if that can be told."""
    path = address.removeprefix("unix:")
    if path != address:
        folder = Path(path).parent
        if not folder.is_dir():
            raise OSError(f"there is no folder {folder}")
        if len(os.fsencode(path)) > _SOCKET_PATH_BYTES:
            raise OSError(f"a socket's path has at most {_SOCKET_PATH_BYTES} bytes")
        if os.path.lexists(path):
            raise OSError("something else than a socket has that name")
        if not os.access(folder, os.W_OK):
            raise OSError(f"this user may make nothing in {folder}")
        return
    host, _, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (socket.gaierror, OverflowError) as error:
        raise OSError(f"{host} is no address and no name that is known ({error})") from None
    for family, kind, protocol, _, place in found:
        with socket.socket(family, kind, protocol) as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                end.bind(place)
            except OSError as error:
                raise OSError(_WHY_NOT_BOUND.get(error.errno or 0, error.strerror)) from None


def _stop_on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)


def _stop_on_end_of_input(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def read() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            stop()

    loop.add_reader(0, read)
