"""Clients of one server, one for each token that callers over HTTP bring.

Holds: tokens, inside the clients, and their digests. Never: a token in a log or an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar

from cloche.client.async_client import AsyncInterpClient
from cloche.contract.address import names_tls
from cloche.contract.errors import (
    AuthenticationError,
    PermissionDeniedError,
    ServerBusyError,
)

_T = TypeVar("_T")

_MOST: Final = 32
# Tokens not seen before are asked about a few at a time.
_MOST_ASKED: Final = 4
_LONGEST: Final = 8000
_SCHEME: Final = "bearer "


@dataclass
class _Held(Generic[_T]):
    client: AsyncInterpClient
    value: _T
    users: int = 0


def passes_tokens(settings: Mapping[str, Any]) -> bool:
    """Whether the server that a client's arguments name can know callers by their tokens."""
    return settings.get("address") is not None and not names_tls(settings["address"])


class Callers(Generic[_T]):
    """What is made for each caller: `make` makes it from their client, `end` ends it.

    The server decides who may call, with every request; the longest unused caller goes where there
    are many.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        own_token: bool,
        make: Callable[[AsyncInterpClient], _T],
        end: Callable[[_T], Awaitable[None]],
    ) -> None:
        """Args:
        settings: a client's arguments.
        own_token: call with this process's own token, or none, whatever callers bring.
        """
        self._settings = dict(settings)
        self._own = own_token or not passes_tokens(settings)
        self._make = make
        self._end = end
        self._held: OrderedDict[bytes, _Held[_T]] = OrderedDict()
        self._asking = asyncio.Semaphore(_MOST_ASKED)

    async def __aenter__(self) -> Self:
        """Starts an embedded server where there is to be one."""
        if self._own:
            await self._open(b"", None)
        return self

    async def __aexit__(self, *_: object) -> None:
        for key in list(self._held):
            await self._close(self._held.pop(key))

    @contextlib.asynccontextmanager
    async def enter(self, authorization: Sequence[str]) -> AsyncIterator[_T]:
        """What was made for the caller whose `authorization` headers these are.

        Raises:
            AuthenticationError: the server wants a token, and this is none that it knows.
            ServerBusyError: as many callers as there may be have calls that run.
            ServerError: nobody answers.
        """
        token = None if self._own else _token(authorization)
        key = hashlib.sha256(token.encode()).digest() if token else b""
        held = self._held.get(key)
        is_new = held is None
        if held is None:
            held = await self._open(key, token)
        self._held.move_to_end(key)
        held.users += 1
        try:
            if not self._own and not is_new:
                await _ask(held.client)
            yield held.value
        except AuthenticationError:
            self._held.pop(key, None)
            raise
        finally:
            held.users -= 1
            if not held.users and self._held.get(key) is not held:
                await self._close(held)

    async def wants_tokens(self) -> bool:
        """Whether the server refuses a caller without one. Raises ServerError."""
        try:
            async with self.enter(()):
                return False
        except AuthenticationError:
            return True

    async def _open(self, key: bytes, token: str | None) -> _Held[_T]:
        """Strangers are sent away first: they take nobody's place."""
        client = await self._connected(token)
        try:
            await self._make_room()
        except ServerBusyError:
            await client.close()
            raise
        if key in self._held:  # another request of the caller's was faster
            await client.close()
            return self._held[key]
        self._held[key] = held = _Held(client, self._make(client))
        return held

    async def _connected(self, token: str | None) -> AsyncInterpClient:
        """Raises AuthenticationError, ServerError."""
        settings = {**self._settings, "progress": False}
        if self._own:
            return await AsyncInterpClient(**settings).__aenter__()
        # Nobody gets this process's own token by bringing none.
        client = AsyncInterpClient(**settings, token=token or False)
        async with self._asking:
            await client.__aenter__()
            try:
                await _ask(client)
            except BaseException:
                await client.close()
                raise
        return client

    async def _make_room(self) -> None:
        while len(self._held) >= _MOST:
            idle = next((key for key, each in self._held.items() if not each.users), None)
            if idle is None:
                raise ServerBusyError(
                    f"{_MOST} callers have calls that run, and there may be no more at once"
                )
            await self._close(self._held.pop(idle))

    async def _close(self, held: _Held[_T]) -> None:
        await self._end(held.value)
        await held.client.close()


async def _ask(client: AsyncInterpClient) -> None:
    """Raises AuthenticationError where the server does not know its token (any more)."""
    # A token that may not ask what is served is known all the same.
    with contextlib.suppress(PermissionDeniedError):
        await client.info()


def _token(authorization: Sequence[str]) -> str | None:
    """Raises AuthenticationError where there is a header and no token in it."""
    if not authorization:
        return None
    if len(authorization) > 1:
        raise AuthenticationError("there is more than one authorization header; send one")
    (value,) = authorization
    token = value[len(_SCHEME) :].strip()
    plain = token.isascii() and token.isprintable() and " " not in token
    if value[: len(_SCHEME)].lower() != _SCHEME or not token or not plain or len(token) > _LONGEST:
        raise AuthenticationError("the authorization header must be 'Bearer ' and a token")
    return token
