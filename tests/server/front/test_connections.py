"""The front's own sockets, and what gRPC calls their other ends."""

from __future__ import annotations

import contextlib
import socket

import grpc
import pytest
from cloche_server.front.connections import Connections, _connections
from cloche_server.front.methods import Methods
from cloche_server.front.rpc import Rpc
from cloche_server.identity.caller import Caller
from cloche_server.identity.door import Asking, OpenDoor


class OfTenant(OpenDoor):
    async def enter(self, rpc: Asking, method: str) -> Caller:
        return Caller(tenant="alice")


@pytest.mark.parametrize("door", [OpenDoor(), OfTenant()])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_connections_are_named_as_grpc_names_them(host: str, door: OpenDoor) -> None:
    if "::" in host and not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    found: list[tuple[str, bool, bool]] = []

    async def handler(rpc: Rpc) -> None:
        with contextlib.ExitStack() as stack:
            peers = {each.peer for each in _connections(stack)}
        found.append((rpc.peer, rpc.peer in peers, rpc.peer in methods.served))
        await rpc.write(b"")

    methods = Methods({"/test/Looks": handler}, door)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((methods,))
    port = server.add_insecure_port("[::]:0" if "::" in host else f"{host}:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"{host}:{port}") as channel:
        await channel.unary_unary("/test/Looks")(b"")
    await server.stop(None)
    ((_peer, connected, served),) = found
    assert connected
    assert served


def test_the_largest_origins_idle_ones_are_closed_and_no_others() -> None:
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        callers = []
        for _ in range(20):
            place = listener.getsockname()
            callers.append(stack.enter_context(socket.create_connection(place)))
            stack.enter_context(listener.accept()[0])
        # Both ends are in this process, and both are connections.
        assert Connections(100).close_idle(()) == 0
        with contextlib.ExitStack() as looking:
            all_ = [each.peer for each in _connections(looking)]
        assert Connections(40).close_idle(all_) == 0
        assert Connections(40).close_idle(()) == len(all_) - 20


def test_what_is_served_stays() -> None:
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        caller = stack.enter_context(socket.create_connection(listener.getsockname()))
        ours = stack.enter_context(listener.accept()[0])
        with contextlib.ExitStack() as looking:
            all_ = {each.peer for each in _connections(looking)}
        host, port = caller.getsockname()
        Connections(1).close_idle(all_ - {f"ipv4:{host}:{port}"})
        # The accepted end is that whose peer is the caller.
        assert caller.recv(1) == b""
        with pytest.raises(OSError, match="Broken pipe"):
            ours.sendall(b"x")
