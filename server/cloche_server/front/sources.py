"""Sources that ran, by digest, so that a caller need not send a long one again and again.

Text, never code: it is validated and compiled in each call's own sandbox as if it had just come.
Who knows a digest may run its source, and so learn lines of it from a traceback: 256 bits that only
holders of the source can tell.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Final

from cloche.status import Reason
from cloche.v1 import execution_pb2 as pb

from cloche_server.front.refusal import Refusal

#: Shorter ones are as soon sent as looked up.
KEPT_FROM_BYTES: Final = 4096
_MOST_BYTES: Final = 32 << 20


class Sources:
    """The last that ran, as many as fit."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[bytes, str] = OrderedDict()

    def resolve(self, technique: pb.Technique) -> None:
        """Puts the source in the place of its digest.

        Raises:
            Refusal: both are given, or it is not known here.
        """
        if not technique.sha256:
            return
        if technique.source:
            raise Refusal(Reason.REQUEST, "give the source or its sha256, not both", field="source")
        source = self._kept.get(technique.sha256)
        if source is None:
            raise Refusal(
                Reason.SOURCE_UNKNOWN,
                "this server holds no source with this sha256 (any more); send the source",
                field="source",
            )
        self._kept.move_to_end(technique.sha256)
        technique.source = source
        technique.sha256 = b""

    def keep(self, source: str) -> None:
        """One that a sandbox has; for the longest unused there may be no more room then."""
        text = source.encode()
        if len(text) < KEPT_FROM_BYTES:
            return
        digest = hashlib.sha256(text).digest()
        if digest not in self._kept:
            self._bytes += len(text)
        self._kept[digest] = source
        self._kept.move_to_end(digest)
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.encode())
