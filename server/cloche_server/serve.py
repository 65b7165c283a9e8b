"""Assembles a server and runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import grpc
from cloche.contract.config import ConfigError, Limits, ServerConfig
from cloche.contract.settings import settings_of
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2

from cloche_server import machine
from cloche_server.front.audit import ignore_hang_ups
from cloche_server.front.budget import MemoryBudget
from cloche_server.front.connections import Connections
from cloche_server.front.descriptors import connections_within, raise_descriptor_limit
from cloche_server.front.health import SERVICE as HEALTH_SERVICE
from cloche_server.front.health import Health
from cloche_server.front.methods import Methods
from cloche_server.front.models import Models
from cloche_server.front.reading import Reading
from cloche_server.front.reflection import Reflection
from cloche_server.front.requests import request_max_bytes
from cloche_server.front.resident import Resident, return_what_is_freed
from cloche_server.front.service import SERVICE, ExecutionService
from cloche_server.front.supervisor import StartError
from cloche_server.front.watch import Watch
from cloche_server.identity.exposure import require_protected
from cloche_server.identity.opening import Identity, identity_of
from cloche_server.identity.tls import certificates_of
from cloche_server.listening import LISTENING, Option, bind
from cloche_server.listening_socket import PREFIX, AddressTaken, SocketName, Taken
from cloche_server.record.opening import recorder_of
from cloche_server.record.recorder import Recorder
from cloche_server.refusal import Refusal

_log = logging.getLogger(__name__)

_STREAMS_OF_ONE_CONNECTION = 100
# Then it is others' turn: a flood of calls that are given up at once is read no faster.
_REQUESTS_IN_ONE_TURN = 2
# What each RPC may send unread: most requests are shorter.
_LOOKAHEAD_BYTES = 1 << 14
_CONNECTION_MS = 15 * 60 * 1000
# What it may take to tell a caller that its call is ended, and how often it is seen who runs.
_TELLING_S = 1.0
# How long calls that were on their way are told that it stops: gRPC's door shuts without a word.
_LEAVING_S = 1.0
_LOOK_S = 0.05


def serve(config: ServerConfig, *, until_stdin_closes: bool = False) -> int:
    """Serves until SIGTERM, SIGINT or SIGHUP; returns the process's exit code.

    Args:
        until_stdin_closes: also stop when standard input ends: an embedded server must not outlive
            its parent, however that ends.
    """
    lacking = machine.lacking()
    if lacking is not None:
        print(f"cloche: {lacking}", file=sys.stderr)
        return 1
    try:
        require_protected(config)
        certificates = certificates_of(config)
        fitting = machine.fitted(config, machine.memory_bytes())
        recorder = recorder_of(config)
        identity = identity_of(config, recorder.turned_away)
    except ConfigError as error:
        flags = settings_of(ServerConfig) | settings_of(Limits)
        text = error.told(lambda name: f"--{flags[name].flag}" if name in flags else name)
        print(f"cloche: {text}", file=sys.stderr)
        return 1
    if fitting != config:
        _log.info(
            "memory limits made to fit this machine: one call may add %d bytes, at most %d",
            fitting.limits.memory_default_bytes, fitting.limits.memory_max_bytes,
        )  # fmt: skip
    credentials = None if certificates is None else certificates.server_credentials()
    try:
        return asyncio.run(_serve(fitting, identity, recorder, credentials, until_stdin_closes))
    finally:
        recorder.close()


async def _serve(
    config: ServerConfig,
    identity: Identity,
    recorder: Recorder,
    credentials: grpc.ServerCredentials | None,
    until_stdin_closes: bool,
) -> int:
    return_what_is_freed()
    request_max = request_max_bytes(config.limits)
    budget = MemoryBudget(config.held_max_bytes)
    resident = Resident(config.front_memory_bytes)
    reading = Reading(request_max, budget, resident)
    # Probes do not wait for callers' requests.
    health = Health(("", SERVICE.full_name), Reading(request_max, budget, resident))

    def on_state(state: execution_pb2.ServerState.ValueType) -> None:
        health.set_all(serving=state == execution_pb2.SERVER_STATE_READY)

    models = Models(config, on_state)
    ignore_hang_ups()
    on_state(models.shown.state)
    descriptors = raise_descriptor_limit()
    server = grpc.aio.server(options=_options(config, request_max, descriptors))
    watch = Watch()
    service = ExecutionService(
        config, models, watch, budget, reading, shares=identity.share, recorder=recorder
    )
    recorder.watch(service.loads, lambda: budget.held_bytes)
    reflected = Reflection((SERVICE.full_name, HEALTH_SERVICE), reading)
    methods = Methods({**service.handlers, **health.handlers, **reflected.handlers}, identity.door)
    server.add_generic_rpc_handlers((methods,))
    try:
        taken = _listen(server, config.listen, config.socket_mode, credentials)
    except (OSError, RuntimeError, AddressTaken) as error:
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

    _stop_on_signals(lambda: stop_within(config.drain_s))
    if until_stdin_closes:
        # Whoever could take the results is gone.
        _stop_on_end_of_input(lambda: stop_within(0))
    connections = Connections(connections_within(descriptors))
    keeping = asyncio.create_task(connections.keep(lambda: methods.served))
    try:
        return await _until(stop, hurry, models, service, server)
    finally:
        keeping.cancel()
        watch.close()
        resident.close()
        if taken is not None:
            taken.give_up()


def _options(config: ServerConfig, request_max_bytes: int, descriptors: int) -> list[Option]:
    longest_ms = int(config.limits.timeout_max_s * 1000)
    return [
        ("grpc.max_receive_message_length", request_max_bytes),
        *LISTENING,
        # Uploads come in pieces of this size; the default cuts each into sixty.
        ("grpc.http2.max_frame_size", 1 << 20),
        # Nobody sends ahead of being read: by default gRPC's window grows with a caller's speed.
        ("grpc.http2.bdp_probe", 0),
        ("grpc.http2.lookahead_bytes", _LOOKAHEAD_BYTES),
        ("grpc.max_concurrent_streams", _STREAMS_OF_ONE_CONNECTION),
        ("grpc.http2.max_requests_per_read", _REQUESTS_IN_ONE_TURN),
        ("grpc.max_allowed_incoming_connections", connections_within(descriptors)),
        ("grpc.server_handshake_timeout_ms", 10_000),
        # A caller connects again by itself. What it runs may end before its connection does.
        ("grpc.max_connection_idle_ms", _CONNECTION_MS),
        ("grpc.max_connection_age_ms", _CONNECTION_MS),
        ("grpc.max_connection_age_grace_ms", longest_ms + _CONNECTION_MS),
    ]


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
    ended = time.monotonic() + grace_s
    if service.calls_running:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), min(_LEAVING_S, grace_s))
    left_s = max(0.0, ended - time.monotonic())
    stopped = asyncio.create_task(server.stop(left_s + _TELLING_S))
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
    # Who takes the last of an answer, or has a connection open and says nothing, has as long.
    hurried = asyncio.create_task(hurry.wait())
    await asyncio.wait({stopped, hurried}, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    if not stopped.done():
        await server.stop(_TELLING_S)
    await stopped


def _listen(
    server: grpc.aio.Server,
    address: str,
    mode: str | None,
    credentials: grpc.ServerCredentials | None,
) -> Taken | None:
    """Returns the name that is to be given up, of a Unix socket. Raises also AddressTaken."""
    if not address.startswith(PREFIX):
        bind(server, address, credentials)
        return None
    name = SocketName.of(address)
    name.require_free()
    bind(server, name.listen, credentials)
    if mode is not None:
        # Before anybody can know its name.
        os.chmod(name.hidden, int(mode, 8))
    return name.take()


def _stop_on_signals(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # What is ignored stays so: a server under nohup outlives its terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop)


def _stop_on_end_of_input(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def read() -> None:
        if not os.read(0, 4096):
            loop.remove_reader(0)
            stop()

    loop.add_reader(0, read)
