"""A server on Modal whose calls come in through tunnels, for which its address gives leases."""

from __future__ import annotations

import grpc

from cloche.modal._edge import says_later
from cloche.modal._remote import ModalServer
from cloche.modal.tunnel.channel import TunnelChannel
from cloche.modal.tunnel.lease import Lease, NoLease, take_lease
from cloche.tls import Tls


class TunnelServer(ModalServer):
    """Found with `cloche.modal._remote.find`."""

    def channel(self, options: list[tuple[str, int]]) -> grpc.Channel:
        """TLS to the tunnel of the container that gave a call's lease."""
        return TunnelChannel(self._lease, Tls().credentials(), options)

    def turned_away(self, error: grpc.RpcError) -> bool:
        """A call without a lease has not begun either."""
        if isinstance(error, NoLease):
            held = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            return held or "status: 503" in error.details()
        return super().turned_away(error)

    def starting(self, error: grpc.RpcError) -> bool:
        if isinstance(error, NoLease):
            return self.turned_away(error) or says_later(error.details())
        return super().starting(error)

    def _lease(self, timeout_s: float) -> Lease:
        return take_lease(f"https://{self.address}", self._asks(), timeout_s=timeout_s)

    def _without_grpc(self, text: str) -> bool:
        return False
