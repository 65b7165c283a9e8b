"""All services as a server has them, in this process and without a model, behind a door."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import grpc
from cloche.contract.config import ModelConfig, ServerConfig
from cloche_server.front.budget import MemoryBudget
from cloche_server.front.health import Health
from cloche_server.front.methods import Methods
from cloche_server.front.models import Models
from cloche_server.front.reading import Reading
from cloche_server.front.reflection import Reflection
from cloche_server.front.requests import request_max_bytes
from cloche_server.front.resident import Resident
from cloche_server.front.service import SERVICE, ExecutionService
from cloche_server.front.watch import Watch
from cloche_server.identity.door import Door

CONFIG = ServerConfig(
    model=ModelConfig(name="first"), also=(ModelConfig(name="second", served_as="second"),)
)


@contextlib.asynccontextmanager
async def served(
    door: Door,
    *,
    config: ServerConfig = CONFIG,
    credentials: grpc.ServerCredentials | None = None,
    address: str = "127.0.0.1:0",
) -> AsyncIterator[str]:
    """Yields the address."""
    watch = Watch()
    budget = MemoryBudget(config.held_max_bytes)
    most = request_max_bytes(config.limits)
    resident = Resident(config.front_memory_bytes)
    reading = Reading(most, budget, resident)
    health = Health(("", SERVICE.full_name), Reading(most, budget, resident))
    service = ExecutionService(config, Models(config, lambda state: None), watch, budget, reading)
    reflected = Reflection((SERVICE.full_name,), reading)
    server = grpc.aio.server()
    handlers = {**service.handlers, **health.handlers, **reflected.handlers}
    server.add_generic_rpc_handlers((Methods(handlers, door),))
    if credentials is None:
        port = server.add_insecure_port(address)
    else:
        port = server.add_secure_port(address, credentials)
    await server.start()
    try:
        yield address if address.startswith("unix:") else f"127.0.0.1:{port}"
    finally:
        await server.stop(None)
        watch.close()
        resident.close()
