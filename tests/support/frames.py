"""What a sandbox writes to the front, as bytes."""

from __future__ import annotations

from cloche_server.ipc import job


def written(message: job.FromSandbox) -> bytes:
    if isinstance(message, job.Chunk):
        return job.piece_head(len(message.data), message.total_bytes) + message.data
    return job.frame(message)
