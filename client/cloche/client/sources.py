"""Remember which sources the server has, so that a long one is sent once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cloche.v1 import execution_pb2 as pb

# Shorter ones are as soon sent as named.
_NAMED_FROM: Final = 4096
_MOST: Final = 256


class Sources:
    """Digests of what the server accepted last. Safe to use from several threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def name(self, message: pb.Technique, source: str) -> bool:
        """Writes into `message` the digest where the server knows it, else the source."""
        digest = _digest(source)
        if digest is None or digest not in self._known:
            message.source, message.sha256 = source, b""
            return False
        message.source, message.sha256 = "", digest
        return True

    def learn(self, source: str) -> None:
        """The server has accepted it."""
        digest = _digest(source)
        if digest is not None:
            self._known[digest] = None
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def forget(self, source: str) -> None:
        digest = _digest(source)
        if digest is not None:
            self._known.pop(digest, None)


def _digest(source: str) -> bytes | None:
    """None for a short one."""
    return hashlib.sha256(source.encode()).digest() if len(source) >= _NAMED_FROM else None
