"""Give the options of every gRPC server here: the front's, and the gate's before it."""

from __future__ import annotations

from typing import Final

Option = tuple[str, int]

LISTENING: Final[tuple[Option, ...]] = (
    ("grpc.max_send_message_length", -1),
    ("grpc.so_reuseport", 0),
    # No gzip: gRPC inflates a message whole, however large, before its size is looked at.
    ("grpc.compression_enabled_algorithms_bitset", 1),
    # Clients ping during long silent calls, and idle ones too; by default that is abuse, and gRPC
    # ends the connection with all calls on it. A ping costs less than the empty call that anyone
    # may make as well.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_ping_strikes", 0),
)
