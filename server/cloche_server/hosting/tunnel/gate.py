"""`python -m cloche_server.hosting.tunnel.gate`: the only way from a tunnel to the front.

Holds: the tokens of open leases. Never: the model, callers' code. Trusts: its parent, which writes
to its standard input, a line of JSON each, first what to serve, then where the tunnel leads from.
Ends: when told to, or when that input ends.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import grpc

from cloche_server.hosting.tunnel.leases import Leases, LeaseServer
from cloche_server.hosting.tunnel.opened import GateConfig
from cloche_server.hosting.tunnel.relay import Relay
from cloche_server.listening import LISTENING

_ANY = "0.0.0.0"  # noqa: S104  # Modal's proxy and tunnels come from outside the container


async def _serve(config: GateConfig, lines: asyncio.StreamReader) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    leases = Leases()
    options = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.enable_http_proxy", 0),
    ]
    async with grpc.aio.insecure_channel(config.front, options=options) as front:
        calls = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", config.request_max_bytes),
                *LISTENING,
            ]
        )
        calls.add_generic_rpc_handlers((Relay(front, leases.admits),))
        calls.add_insecure_port(f"{_ANY}:{config.calls_port}")
        await calls.start()
        grace_s = 0.0
        try:
            # Only now: a tunnel that leads to no gate must not be opened.
            print("listening", flush=True)
            told = asyncio.ensure_future(stop.wait())
            line = asyncio.ensure_future(lines.readline())
            await asyncio.wait([told, line], return_when=asyncio.FIRST_COMPLETED)
            if told.done() or not line.result():
                return  # no tunnel is to be had
            given = LeaseServer(leases, json.loads(line.result())["address"])
            listening = await asyncio.start_server(given.handle, _ANY, config.lease_port)
            print("leasing", flush=True)
            ended = asyncio.ensure_future(lines.read())
            await asyncio.wait([told, ended], return_when=asyncio.FIRST_COMPLETED)
            listening.close()
            grace_s = config.drain_s if told.done() else 0.0
        finally:
            await calls.stop(grace_s)
        # Held until now: whose call still ran had its container count as busy.
        await given.close()


async def _main() -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    await _serve(GateConfig(**json.loads(await lines.readline())), lines)


if __name__ == "__main__":
    asyncio.run(_main())
