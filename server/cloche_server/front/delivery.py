"""Deliver what a sandbox says to its caller: kept back while the caller takes nothing.

Prints wait at the technique's expense. A result waits at its caller's: nothing is left to compute,
so from then on it is a transfer, which has to move (`transfers.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Self

from cloche_server.front.outbox import Item, Outbox
from cloche_server.front.transfers import Transfer, Transfers


class Delivery:
    """Of one call, for as long as its `async with` lasts."""

    def __init__(
        self,
        outbox: Outbox,
        transfers: Transfers,
        *,
        on_returned: Callable[[int], None],
        callers_time: Callable[[], contextlib.AbstractContextManager[None]],
    ) -> None:
        """
        Args:
            on_returned: told the result's size, once, where its caller does not take it at once.
            callers_time: entered while the caller of a result is waited for.
        """
        self._outbox = outbox
        self._transfers = transfers
        self._on_returned = on_returned
        self._callers_time = callers_time
        self._transfer: Transfer | None = None
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, traceback)

    async def put(self, item: Item, result_bytes: int) -> None:
        """Waits until there is room.

        Args:
            result_bytes: the size that was announced of the result; 0: none was.

        Raises:
            Refusal: there is no place for the transfer. Where it is too slow, `async with` raises.
        """
        if self._outbox.full and result_bytes:
            with self._callers_time():
                await self._taken(result_bytes)
        elif self._outbox.full:
            await self._outbox.room()
        self._outbox.put(item)

    async def _taken(self, result_bytes: int) -> None:
        if self._transfer is None:
            self._on_returned(result_bytes)
            place = self._transfers.place("take its result", result_bytes)
            self._transfer = await self._stack.enter_async_context(place)
            self._outbox.on_taken(self._transfer.moved)
        self._transfer.resume()
        await self._outbox.room()
        self._transfer.pause()
