"""A channel over tunnels: each call takes a lease, and goes to the container that gave it.

So calls spread as Modal's proxy spreads requests, a container that was replaced is not asked again,
and the autoscaler sees each call while it runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc

from cloche.modal.tunnel.lease import Lease, NoLease

if TYPE_CHECKING:
    from types import TracebackType

# How long a call that has no deadline waits for somebody to answer.
_PATIENCE_S = 10.0
_Options = list[tuple[str, int]]


@dataclass(eq=False)
class _Tunnel:
    channel: grpc.Channel
    calls: int = 0


class Tunnels:
    """The channels that calls go through now, and the newest; one for each container."""

    def __init__(self, take: Callable[[float], Lease], open_to: Callable[[str], grpc.Channel]):
        self._take = take
        self._open_to = open_to
        self._lock = threading.Lock()
        self._open: dict[str, _Tunnel] = {}
        self._newest = ""
        self._closed = False

    def lease(self, timeout_s: float | None) -> tuple[Lease, grpc.Channel]:
        """A lease and the channel that it is for; `release` it. Raises NoLease."""
        patience_s = _PATIENCE_S if timeout_s is None else min(timeout_s, _PATIENCE_S)
        lease = self._take(patience_s)
        with self._lock:
            if self._closed:
                lease.close()
                raise NoLease(grpc.StatusCode.CANCELLED, "the channel is closed")
            tunnel = self._open.get(lease.address)
            if tunnel is None:
                tunnel = self._open[lease.address] = _Tunnel(self._open_to(lease.address))
            tunnel.calls += 1
            self._newest = lease.address
            self._close_unused()
        return lease, tunnel.channel

    def release(self, lease: Lease) -> None:
        lease.close()
        with self._lock:
            if lease.address in self._open:
                self._open[lease.address].calls -= 1
                self._close_unused()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            tunnels = list(self._open.values())
            self._open.clear()
        for tunnel in tunnels:
            tunnel.channel.close()

    def _close_unused(self) -> None:
        for address, tunnel in list(self._open.items()):
            if not tunnel.calls and address != self._newest:
                del self._open[address]
                tunnel.channel.close()


class _Leased:
    """A call whose answer is a stream; it begins when its first message is asked for."""

    def __init__(self, tunnels: Tunnels, begin: Callable[[grpc.Channel, str], Any]) -> None:
        self._tunnels = tunnels
        self._begin = begin
        self._lock = threading.Lock()
        self._call: Any = None
        self._cancelled = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._call is None:
            self._start()
        return next(self._call)

    def cancel(self) -> bool:
        with self._lock:
            self._cancelled = True
            call = self._call
        return bool(call.cancel()) if call is not None else True

    def _start(self) -> None:
        self._check()
        lease, channel = self._tunnels.lease(None)
        try:
            with self._lock:
                cancelled = self._cancelled
                if not cancelled:
                    self._call = self._begin(channel, lease.token)
        except BaseException:
            self._tunnels.release(lease)
            raise
        if cancelled or not self._call.add_callback(lambda: self._tunnels.release(lease)):
            self._tunnels.release(lease)
        self._check()

    def _check(self) -> None:
        if self._cancelled:
            raise NoLease(grpc.StatusCode.CANCELLED, "the call was cancelled")


class _Method:
    """What a stub calls."""

    def __init__(
        self, tunnels: Tunnels, kind: str, how: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        self._tunnels = tunnels
        self._kind = kind
        self._how = how
        self._named = named

    def __call__(
        self, request: Any, timeout: float | None = None, metadata: Any = None, **options: Any
    ) -> Any:
        def begin(channel: grpc.Channel, token: str) -> Any:
            method = getattr(channel, self._kind)(*self._how, **self._named)
            headers = (*(metadata or ()), ("authorization", f"Bearer {token}"))
            return method(request, timeout=timeout, metadata=headers, **options)

        if self._kind.endswith("_stream"):
            return _Leased(self._tunnels, begin)
        lease, channel = self._tunnels.lease(timeout)
        try:
            return begin(channel, lease.token)
        finally:
            self._tunnels.release(lease)


class TunnelChannel(grpc.Channel):
    """As far as a generated stub needs one."""

    def __init__(
        self,
        take: Callable[[float], Lease],
        credentials: grpc.ChannelCredentials,
        options: _Options,
    ) -> None:
        self._tunnels = Tunnels(
            take, lambda address: grpc.secure_channel(address, credentials, options=options)
        )

    def unary_unary(self, *how: Any, **named: Any) -> Any:
        return _Method(self._tunnels, "unary_unary", how, named)

    def unary_stream(self, *how: Any, **named: Any) -> Any:
        return _Method(self._tunnels, "unary_stream", how, named)

    def stream_unary(self, *how: Any, **named: Any) -> Any:
        return _Method(self._tunnels, "stream_unary", how, named)

    def stream_stream(self, *how: Any, **named: Any) -> Any:
        return _Method(self._tunnels, "stream_stream", how, named)

    def subscribe(self, callback: Any, try_to_connect: bool | None = False) -> None:
        raise NotImplementedError("there is no one connection to watch")

    def unsubscribe(self, callback: Any) -> None:
        raise NotImplementedError("there is no one connection to watch")

    def close(self) -> None:
        self._tunnels.close()

    def __enter__(self) -> TunnelChannel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
