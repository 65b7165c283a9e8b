"""Keys of OpenID providers, fetched beside the loop, and no more often than they may change.

Who sends tokens of keys that are not known makes the server ask again once a minute, and no more.
"""

from __future__ import annotations

import asyncio
import logging
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import jwt

from cloche_server.identity.issuer import WebTokenFault

_log = logging.getLogger(__name__)

_GOOD_S: Final = 3600.0
_AGAIN_S: Final = 60.0
_FETCH_S: Final = 5.0
_MOST_BYTES: Final = 1 << 20
_MOST_WAITING: Final = 64

Keys = Mapping[str, jwt.PyJWK]


@dataclass
class _Held:
    keys: Keys = field(default_factory=dict)
    fetched_at: float = float("-inf")
    asked_at: float = float("-inf")
    asking: asyncio.Task[None] | None = None
    waiting: int = 0


class WebKeys:
    """Of all providers, by where their keys are."""

    def __init__(
        self,
        fetch: Callable[[str], bytes] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: fetch: blocks; it is called on another thread."""
        self._fetch = fetch_keys if fetch is None else fetch
        self._clock = clock
        self._held: dict[str, _Held] = {}

    async def find(self, where: str, key_id: str) -> jwt.PyJWK | None:
        """None where the provider has no such key, or cannot be asked.

        Raises WebTokenFault where too many wait for the answer.
        """
        held = self._held.setdefault(where, _Held())
        now = self._clock()
        stale = now - held.fetched_at > _GOOD_S or key_id not in held.keys
        if stale and now - held.asked_at > _AGAIN_S and held.asking is None:
            held.asked_at = now
            held.asking = asyncio.create_task(self._ask(where, held))
        if held.asking is not None and key_id not in held.keys:
            # Each that waits takes memory, and nobody knows yet who it is.
            if held.waiting >= _MOST_WAITING:
                raise WebTokenFault("too many web tokens wait for their issuer's keys; try again")
            held.waiting += 1
            try:
                # One asks for all that wait; a caller that leaves does not end it.
                await asyncio.shield(held.asking)
            finally:
                held.waiting -= 1
        return held.keys.get(key_id)

    async def _ask(self, where: str, held: _Held) -> None:
        try:
            data = await asyncio.to_thread(self._fetch, where)
            held.keys = _parsed(data)
            held.fetched_at = self._clock()
        except (OSError, ValueError, jwt.PyJWTError) as error:
            _log.error("the keys at %s cannot be had: %s", where, error)
        finally:
            held.asking = None


def fetch_keys(where: str) -> bytes:
    """Raises OSError, also for what is too large, and for an address that leads elsewhere."""
    if not where.startswith("https://"):
        return Path(where).read_bytes()
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(where, timeout=_FETCH_S) as answer:
        data: bytes = answer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise OSError(f"more than {_MOST_BYTES} bytes")
    return data


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The operator has said where the keys are."""

    def redirect_request(self, *request: object) -> None:
        return None


def _parsed(data: bytes) -> Keys:
    """Raises jwt.PyJWTError or ValueError."""
    found = jwt.PyJWKSet.from_json(data.decode())
    return {key.key_id: key for key in found.keys if key.key_id and key.key_type != "oct"}
