"""The client for programs that run an event loop.

Calls run on threads, each the same code as `InterpClient`'s: what one promises, both keep.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import inspect
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Never, Self, TypeVar

from cloche.client.call import Kwargs
from cloche.client.cancellation import Cancellation
from cloche.client.interp_client import InterpClient
from cloche.client.map import in_order
from cloche.client.where import check_names
from cloche.contract.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from types import TracebackType

    from cloche.client.events import Event
    from cloche.client.info import ServerInfo
    from cloche.client.map import MapItem
    from cloche.client.options import Options
    from cloche.client.session import Session, SessionTerms
    from cloche.contract.errors import Diagnostic
    from cloche.source.directory import TechniqueDirectory
    from cloche.source.technique import TechniqueLike

# Calls at once from one client; more wait their turn here, where waiting costs the server nothing.
_THREADS: Final = 64
_END: Final = object()
_T = TypeVar("_T")


class AsyncInterpClient:
    """`InterpClient` with coroutines: the same arguments, methods, results and errors.

    ```
    async with AsyncInterpClient(model_name="gpt2") as client:
        print(await client.run(logit_lens, "The capital of France is"))
    ```

    Arguments are encoded when a method is called, so a large one keeps the loop busy for a moment.
    Cancelling the task that awaits ends the call on the server.
    """

    def __init__(self, *unnamed: Never, **settings: Any) -> None:
        """Takes `InterpClient`'s arguments. Nothing starts, and no value is checked, before `async
        with`.
        """
        if unnamed:
            raise TypeError(
                "AsyncInterpClient takes its arguments by name: address='host:port' for a running "
                "server, model_name='path/or/hub-name' for one of its own"
            )
        bound = inspect.signature(InterpClient).bind(**settings)
        check_names(bound.arguments.get("settings", {}))
        self._settings = settings
        self._client: InterpClient | None = None
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="cloche-async")

    async def __aenter__(self) -> Self:
        """Raises what `InterpClient(...)` raises."""
        if self._client is None:
            opening = self._submit(lambda: InterpClient(**self._settings))
            try:
                self._client = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # A server that is starting cannot be called back, only ended when it is there.
                opening.add_done_callback(_close_late)
                raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def run(self, technique: TechniqueLike, /, *args: Any, **kwargs: Any) -> Any:
        """See `InterpClient.run`."""
        cancellation = Cancellation()
        client = self._opened
        events = client._start(cancellation, technique, args, Kwargs.of(kwargs))
        return await self._until_done(lambda: client._shown(events), cancellation)

    async def digest(self, technique: TechniqueLike, /, *args: Any, **kwargs: Any) -> str:
        """See `InterpClient.digest`."""
        client = self._opened
        return await self._submit(lambda: client.digest(technique, *args, **kwargs))

    async def stream(
        self, technique: TechniqueLike, /, *args: Any, **kwargs: Any
    ) -> AsyncGenerator[Event, None]:
        """See `InterpClient.stream`. Leave a loop over it early only under
        `contextlib.aclosing`, or the call ends when Python gets round to it.
        """
        cancellation = Cancellation()
        events = self._opened._start(cancellation, technique, args, Kwargs.of(kwargs))
        async with contextlib.aclosing(self._each(events, cancellation)) as each:
            async for event in each:
                yield event

    async def map(
        self,
        technique: TechniqueLike,
        inputs: Iterable[Any],
        /,
        *,
        kwargs: Mapping[str, Any] | None = None,
        concurrency: int | None = None,
    ) -> list[Any]:
        """See `InterpClient.map`. The inputs are taken on another thread."""
        cancellation = Cancellation()
        client = self._opened
        return await self._until_done(
            lambda: in_order(client._mapped(cancellation, technique, inputs, kwargs, concurrency)),
            cancellation,
        )

    async def as_completed(
        self,
        technique: TechniqueLike,
        inputs: Iterable[Any],
        /,
        *,
        kwargs: Mapping[str, Any] | None = None,
        concurrency: int | None = None,
    ) -> AsyncGenerator[MapItem, None]:
        """See `InterpClient.as_completed`; to leave a loop over it early, see `stream`."""
        cancellation = Cancellation()
        client = self._opened
        items = await self._until_done(
            lambda: client._mapped(cancellation, technique, inputs, kwargs, concurrency),
            cancellation,
        )
        async with contextlib.aclosing(self._each(items, cancellation)) as each:
            async for item in each:
                yield item

    async def check(self, technique: TechniqueLike, /) -> tuple[Diagnostic, ...]:
        """See `InterpClient.check`."""
        client = self._opened
        return await self._submit(lambda: client.check(technique))

    async def session(self, **asked: Any) -> AsyncSession:
        """See `InterpClient.session`: `async with await client.session() as session:`."""
        client = self._opened
        return AsyncSession(self, await self._submit(lambda: client.session(**asked)))

    async def info(self) -> ServerInfo:
        """See `InterpClient.info`."""
        return await self._submit(self._opened.info)

    def load_techniques_from_dir(
        self, path: Path | str, *, strict: bool = False
    ) -> TechniqueDirectory:
        """See `InterpClient.load_techniques_from_dir`."""
        return self._opened.load_techniques_from_dir(path, strict=strict)

    def with_options(self, **options: Any) -> AsyncInterpClient:
        """See `InterpClient.with_options`."""
        view = copy.copy(self)
        view._client = self._opened.with_options(**options)
        return view

    @property
    def options(self) -> Options:
        """The options that this client's or view's calls have."""
        return self._opened.options

    @property
    def address(self) -> str:
        """Where the server listens: "host:port" or "unix:/path"."""
        return self._opened.address

    async def close(self) -> None:
        """Ends this client's calls and its embedded server. A view closes nothing."""
        client = self._client
        if client is None or client._is_view or client._connection.closed:
            return
        await self._submit(client.close)
        self._pool.shutdown(wait=False)

    def __repr__(self) -> str:
        return f"<AsyncInterpClient of {self._client!r}>"

    @property
    def _opened(self) -> InterpClient:
        if self._client is None:
            raise InvalidRequestError(
                "this client is not open yet; use it in `async with AsyncInterpClient(...) as "
                "client:`",
                field="client",
            )
        self._client._connection.check_open()
        return self._client

    def _submit(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _until_done(self, work: Callable[[], _T], cancellation: Cancellation) -> _T:
        """What `work` gives; a cancelled task cancels the call, and waits until it has ended."""
        running = self._pool.submit(work)
        future = asyncio.wrap_future(running)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            cancellation.cancel()
            if not running.cancel():
                with contextlib.suppress(Exception):
                    await future
            raise

    async def _each(
        self, items: Generator[_T, None, None], cancellation: Cancellation
    ) -> AsyncGenerator[_T, None]:
        try:
            while True:
                item = await self._until_done(lambda: next(items, _END), cancellation)
                if item is _END:
                    return
                yield item  # type: ignore[misc]  # _END is the only other thing
        finally:
            cancellation.cancel()
            await self._submit(items.close)


class AsyncSession:
    """`Session` with coroutines."""

    def __init__(self, client: AsyncInterpClient, session: Session) -> None:
        self._client = copy.copy(client)
        self._client._client = session._client
        self._owner = client
        self._session = session

    @property
    def handle(self) -> str:
        """See `Session.handle`."""
        return self._session.handle

    @property
    def closed(self) -> bool:
        """See `Session.closed`."""
        return self._session.closed

    @property
    def terms(self) -> SessionTerms:
        """See `Session.terms`."""
        return self._session.terms

    async def run(self, technique: TechniqueLike, /, *args: Any, **kwargs: Any) -> Any:
        """See `Session.run`. Cancelling the task ends the session with its call."""
        self._session._require_open()
        return await self._client.run(technique, *args, **kwargs)

    def stream(
        self, technique: TechniqueLike, /, *args: Any, **kwargs: Any
    ) -> AsyncGenerator[Event, None]:
        """See `Session.stream`."""
        self._session._require_open()
        return self._client.stream(technique, *args, **kwargs)

    def with_options(self, **options: Any) -> AsyncSession:
        """See `Session.with_options`."""
        return AsyncSession(self._owner, self._session.with_options(**options))

    async def fork(self) -> AsyncSession:
        """See `Session.fork`."""
        return AsyncSession(self._owner, await self._owner._submit(self._session.fork))

    async def rollback(self, calls: int) -> None:
        """See `Session.rollback`."""
        await self._owner._submit(lambda: self._session.rollback(calls))

    async def close(self) -> None:
        """See `Session.close`."""
        await self._owner._submit(self._session.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _close_late(opening: asyncio.Future[InterpClient]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
