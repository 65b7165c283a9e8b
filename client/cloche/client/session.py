"""A session: calls that find what earlier calls left, in a sandbox that outlives them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

from cloche.client.events import seconds
from cloche.contract.errors import ClocheError, InvalidRequestError, ServerError
from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from cloche.client.events import Event
    from cloche.client.interp_client import InterpClient
    from cloche.source.technique import TechniqueLike

# What the server allows itself for the copy of a large process, and more.
_TIMEOUT_S: Final = 90.0
_MOST_HANDLE: Final = 200


@dataclass(frozen=True, kw_only=True)
class SessionTerms:
    """What the server granted. `kept` are the numbers of calls that `rollback` goes back to."""

    calls: int
    memory_bytes: int
    idle_timeout_s: float
    lifetime_s: float
    checkpoints: int
    kept: tuple[int, ...]


class Session:
    """Made by `InterpClient.session` and `fork`; ends with its `with` block, or by `close`.

    Names that a call defines at its top level or as `global`, hooks, edited weights and cached
    tensors are there for later calls. What is set for a thread alone (`no_grad` and its like) ends
    with its call. A call that runs out of time, is cancelled or crashes ends the session; one that
    raises does not. Calls go one after the other.

    Who knows `handle` may use the session, of the same tenant where the server asks for tokens:
    treat it as a password.
    """

    def __init__(self, client: InterpClient, message: pb.Session) -> None:
        if not message.handle or len(message.handle) > _MOST_HANDLE:
            raise ServerError("the server opened a session without a handle of use")
        self._client = client.with_options()
        self._client._options = replace(client._options, session=message.handle, model="")
        self._terms = _terms(message)
        self._closed = False

    @classmethod
    def open(cls, client: InterpClient, options: pb.SessionOptions) -> Self:
        """See `InterpClient.session`."""
        request = pb.OpenSessionRequest(model=client.options.model, options=options)
        return cls(client, _asked(client, "OpenSession", request))

    @property
    def handle(self) -> str:
        """What the server knows it by."""
        return self._client.options.session

    @property
    def terms(self) -> SessionTerms:
        """What was granted, as of the last `session`, `fork` or `rollback`."""
        return self._terms

    @property
    def closed(self) -> bool:
        """Whether this object has closed it; the server may have ended it by itself."""
        return self._closed

    def run(self, technique: TechniqueLike, /, *args: Any, **kwargs: Any) -> Any:
        """As `InterpClient.run`, in the session. Raises also SessionError: it has ended."""
        self._require_open()
        return self._client.run(technique, *args, **kwargs)

    def stream(
        self, technique: TechniqueLike, /, *args: Any, **kwargs: Any
    ) -> Generator[Event, None, None]:
        """As `InterpClient.stream`, in the session."""
        self._require_open()
        return self._client.stream(technique, *args, **kwargs)

    def fork(self) -> Session:
        """A copy of the session as it is now; both go on apart. Close each.

        Raises:
            SessionError: it has ended, or this server cannot copy sessions.
            ServerBusyError: a call runs in it, or as many sessions are open as may be.
        """
        self._require_open()
        request = pb.ForkSessionRequest(handle=self.handle)
        return Session(self._client, _asked(self._client, "ForkSession", request))

    def rollback(self, calls: int) -> None:
        """Takes the session back to where so many of its calls had ended.

        Raises:
            SessionError: that state is not kept; the message says which are.
        """
        self._require_open()
        if not isinstance(calls, int) or isinstance(calls, bool) or calls < 0:
            raise InvalidRequestError(
                f"calls is {calls!r}; it must be a number of calls, 0 or more", field="calls"
            )
        request = pb.RollbackSessionRequest(handle=self.handle, calls=calls)
        self._terms = _terms(_asked(self._client, "RollbackSession", request))

    def with_options(self, **options: Any) -> Session:
        """As `InterpClient.with_options`: a view of this session whose calls have these options.

        Closing the view closes the session.
        """
        if "model" in options:
            raise InvalidRequestError("a session keeps its model; open another", field="model")
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._client = self._client.with_options(**options)
        return view

    def close(self) -> None:
        """Ends it on the server, and the call that runs in it. Idempotent."""
        if self._closed or self._client._connection.closed:
            return
        self._closed = True
        request = pb.CloseSessionRequest(handle=self.handle)
        # It ends by itself where nobody answers: when it has been idle for long enough.
        with contextlib.suppress(ClocheError):
            self._client._connection.manage("CloseSession", request, timeout_s=_TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        # Not the handle: a repr ends up in logs.
        return f"<Session of {self._client!r}{', closed' if self._closed else ''}>"

    def _require_open(self) -> None:
        if self._closed:
            raise InvalidRequestError("this session is closed; open another", field="session")


def _asked(client: InterpClient, method: str, request: Any) -> pb.Session:
    answer = client._connection.manage(method, request, timeout_s=_TIMEOUT_S)
    session: pb.Session = answer.session
    return session


def _terms(message: pb.Session) -> SessionTerms:
    options = message.options
    return SessionTerms(
        calls=message.calls,
        memory_bytes=options.memory_bytes,
        idle_timeout_s=seconds(options.idle_timeout),
        lifetime_s=seconds(options.lifetime),
        checkpoints=options.checkpoints,
        kept=tuple(message.kept),
    )
