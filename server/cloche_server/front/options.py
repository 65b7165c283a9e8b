"""Settle what a call may use: the caller's wishes, the server's defaults, the server's caps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cloche.contract.config import Limits
from cloche.contract.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.refusal import Refusal


@dataclass(frozen=True, kw_only=True)
class Options:
    """In force for one call."""

    timeout_s: float
    memory_bytes: int
    result_max_bytes: int
    output_max_bytes: int
    seed: int | None
    # Refusals show lines of the source.
    source_lines: bool = True
    deterministic: bool = False
    digest_only: bool = False

    def as_message(self) -> pb.CallOptions:
        message = pb.CallOptions(
            memory_bytes=self.memory_bytes,
            result_max_bytes=self.result_max_bytes,
            output_max_bytes=self.output_max_bytes,
            seed=self.seed,
            deterministic=self.deterministic,
            digest_only=self.digest_only,
        )
        message.timeout.FromMicroseconds(int(self.timeout_s * 1e6))
        return message


def settle(wish: pb.CallOptions, limits: Limits, deadline_s: float | None) -> Options:
    """Args: deadline_s: what is left of the RPC's own deadline, None where it has none.

    Raises:
        Refusal: a negative timeout.
    """
    timeout_s = wish.timeout.seconds + wish.timeout.nanos / 1e9
    if timeout_s < 0 or not math.isfinite(timeout_s):
        raise Refusal(
            Reason.REQUEST, f"options.timeout is {timeout_s} s; it must be above 0",
            field="options.timeout",
        )  # fmt: skip
    timeout_s = min(timeout_s or limits.timeout_default_s, limits.timeout_max_s)
    if deadline_s is not None:
        timeout_s = max(min(timeout_s, deadline_s), 0.001)
    seed = wish.seed if wish.HasField("seed") else None
    return Options(
        timeout_s=timeout_s,
        memory_bytes=min(wish.memory_bytes or limits.memory_default_bytes, limits.memory_max_bytes),
        result_max_bytes=min(
            wish.result_max_bytes or limits.result_default_bytes, limits.result_max_bytes
        ),
        output_max_bytes=min(
            wish.output_max_bytes or limits.output_default_bytes, limits.output_max_bytes
        ),
        seed=0 if seed is None and wish.deterministic else seed,
        deterministic=wish.deterministic,
        digest_only=wish.digest_only,
    )
