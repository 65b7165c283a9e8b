"""Withhold from a caller what its token's policy keeps back."""

from __future__ import annotations

from cloche.v1 import execution_pb2 as pb

from cloche_server.front.outbox import Item
from cloche_server.identity.policy import Policy
from cloche_server.ipc import job


def shown(item: Item, policy: Policy) -> Item | None:
    """The item as its caller may have it; None: not at all."""
    if isinstance(item, (job.Printed, job.Logged, job.Progressed)):
        return item if policy.output else None
    if isinstance(item, pb.Done) and not policy.source_lines:
        for frame in item.failure.frames:
            frame.text = ""
        item.failure.traceback = ""
    return item
