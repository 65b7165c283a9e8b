"""Sources that ran, by digest, so that a caller need not send a long one again and again.

Text, never code: it is validated and compiled in each call's own sandbox as if it had just come.
Who knows a digest may run its source, and so learn lines of it from a traceback: 256 bits that only
holders of the source can tell. What one tenant has sent is known to that tenant alone.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from cloche.contract.status import Reason

from cloche_server.front.requests import Source
from cloche_server.refusal import Refusal

#: Shorter ones are as soon sent as looked up.
KEPT_FROM_BYTES: Final = 4096
_MOST_BYTES: Final = 32 << 20


_Key = tuple[str, bytes]


class Sources:
    """The last that ran, as many as fit."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[_Key, Source] = OrderedDict()

    def resolve(self, source: Source, sha256: bytes, owner: str = "") -> Source:
        """The source that was sent, or the one that its digest stands for.

        Args:
            owner: the tenant; knowing a digest is not having sent what another tenant has.

        Raises:
            Refusal: both are given, or it is not known here.
        """
        if not sha256:
            return source
        if source.size:
            raise Refusal(Reason.REQUEST, "give the source or its sha256, not both", field="source")
        kept = self._kept.get((owner, sha256))
        if kept is None:
            raise Refusal(
                Reason.SOURCE_UNKNOWN,
                "this server holds no source with this sha256 (any more); send the source",
                field="source",
            )
        self._kept.move_to_end((owner, sha256))
        return kept

    def keep(self, source: Source, owner: str = "") -> None:
        """One that a sandbox has; for the longest unused there may be no more room then."""
        if source.size < KEPT_FROM_BYTES:
            return
        key = (owner, source.digest)
        if key not in self._kept:
            self._bytes += source.size
        self._kept[key] = source
        self._kept.move_to_end(key)
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.size
