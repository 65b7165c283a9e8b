"""The channel to one server: its options, whether the server is ready, and how it is closed."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Protocol

import grpc

from cloche.client import failures, messages
from cloche.client.credentials import Credentials
from cloche.client.display import LoadingDisplay, Screen
from cloche.client.info import ServerInfo, server_info
from cloche.client.messages import Request, Upload
from cloche.client.sources import Sources
from cloche.client.watchdog import Watchdog
from cloche.contract.address import is_address
from cloche.contract.errors import (
    CallCancelledError,
    InvalidRequestError,
    ServerError,
    ServerUnavailableError,
)
from cloche.contract.text import one_line
from cloche.contract.versions import skew
from cloche.source.technique import NOWHERE
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as rpc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from google.protobuf.message import Message

    from cloche.client.embedded import EmbeddedServer
    from cloche.client.watchdog import Watched
    from cloche.source.technique import Technique

# One question to a server that is there takes far less.
_PROBE_S = 5.0
_VERSION_CHARACTERS = 40
_SERVICE = pb.DESCRIPTOR.services_by_name["ExecutionService"].full_name
# A result comes in pieces, and no other message of an honest server is as large.
_LARGEST_MESSAGE_BYTES = 8 << 20
# What the server allows an upload, see docs/architecture.md.
_UPLOAD_PATIENCE_S, _UPLOAD_BYTES_PER_S = 60.0, 1 << 18
# How long an embedded server may take to open its socket; Python starts slowly on a cold disk.
_EMBEDDED_CONNECT_S = 120.0
# How long an embedded server that cannot start takes to end, and so to say why.
_EMBEDDED_END_S = 10.0
# How long a server may take to answer, and how long its port may be closed, as while it starts.
_CONNECT_S, _REFUSED_S = 10.0, 2.0
# Between two questions to who does not answer yet; on a platform, where each costs, ever longer.
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.05, 2.0
# After so long without a word a platform may have ended the container that answered.
_FRESH_S = 30.0


class Remote(Protocol):
    """A server that its platform starts when it is called, and ends when it is idle."""

    @property
    def address(self) -> str: ...

    def channel(self, options: list[tuple[str, int]]) -> grpc.Channel:
        """The way to it."""

    def stage(self) -> str:
        """What is known while nobody answers yet, for people."""

    def turned_away(self, error: grpc.RpcError) -> bool:
        """Whether the call reached no server, as none runs."""

    def starting(self, error: grpc.RpcError) -> bool:
        """Whether the platform, not a server, answered a question, as no server takes it yet."""

    def retry_after_s(self, error: grpc.RpcError) -> float:
        """How long the platform wants to be left alone; 0: it does not say."""

    def explain(self, failure: Exception, *, answered: bool) -> Exception:
        """The failure with what only the platform's side knows.

        Args:
            answered: whether a server has answered on this channel before.
        """


class Connection:
    """Holds: a channel, perhaps the embedded server behind it. Shared by all views of a client.

    Safe to use from several threads.
    """

    def __init__(
        self,
        address: str,
        *,
        embedded: EmbeddedServer | None = None,
        remote: Remote | None = None,
        credentials: Credentials | None = None,
        connect_timeout_s: float | None,
        ready_timeout_s: float,
        show_progress: bool,
    ) -> None:
        self.address = address
        self.screen = Screen(enabled=show_progress)
        self._embedded = embedded
        self._remote = remote
        self._connect_timeout_s = connect_timeout_s or _CONNECT_S
        self._refused_timeout_s = connect_timeout_s or _REFUSED_S
        if embedded:
            self._connect_timeout_s = self._refused_timeout_s = _EMBEDDED_CONNECT_S
        self.ready_timeout_s = ready_timeout_s
        options = _channel_options(address)
        self._credentials = Credentials() if credentials is None else credentials
        if remote is None:
            self._channel = self._credentials.channel(address, options)
        else:
            self._channel = remote.channel(options)
        self.stub = rpc.ExecutionServiceStub(self._channel)
        self._execute = self._channel.unary_stream(
            f"/{_SERVICE}/ExecuteStream",
            request_serializer=pb.ExecuteStreamRequest.SerializeToString,
            response_deserializer=messages.parse,
        )
        self._upload = self._channel.stream_stream(
            f"/{_SERVICE}/ExecuteUpload",
            request_serializer=messages.serialised,
            response_deserializer=messages.parse,
        )
        self.sources = Sources()
        # Weakly: a client that is dropped ends its server at once, without the garbage collector.
        answers = weakref.WeakMethod(self._answers)
        self._watchdog = Watchdog(address, lambda: (ask := answers()) is None or ask())
        self._said: set[str] = set()
        self._lock = threading.Lock()
        self._ready = False
        self._answered_at = 0.0
        # As it says itself, once it has.
        self._server_version = ""
        self._closed = False
        self._ended = threading.Event()
        self._owner = os.getpid()
        # Before the embedded server's, which was made earlier: calls end, and then their server.
        self._finalizer = weakref.finalize(self, _close_channel, self._channel, self._owner)

    def info(self) -> ServerInfo:
        """Raises ServerUnavailableError where nobody answers in time."""
        self.check_open()
        return self._ask()

    def ensure_ready(self) -> None:
        """Returns once the model is loaded; at once if it was before.

        Raises:
            ServerUnavailableError: nobody answers, or the model is not ready in time.
            ServerStartError: the embedded server ended instead.
        """
        self.check_open()
        if self._is_ready():
            return
        with self._lock, LoadingDisplay(self.screen) as display:
            if not self._is_ready():
                self._wait(display)
                self._ready = True

    def execute(self, request: Request) -> Any:
        """The call, which is an iterator of its messages."""
        with self._still_open():
            if isinstance(request, Upload):
                return self._upload(request.messages())
            return self._execute(request)

    def watched(self, call: Any, request: Request) -> AbstractContextManager[Watched]:
        """Ends the call where its server falls silent."""
        size = request.size if isinstance(request, Upload) else 0
        # As the server does: the technique's time stands still while arguments come.
        extra_s = _UPLOAD_PATIENCE_S + size / _UPLOAD_BYTES_PER_S if size else 0.0
        return self._watchdog.over(call, extra_s=extra_s)

    def once(self, text: str) -> bool:
        """Whether this is the first time that it is to be said."""
        first = text not in self._said
        self._said.add(text)
        return first

    def check(self, request: pb.CheckRequest, *, timeout_s: float) -> pb.CheckResponse:
        """Raises grpc.RpcError."""
        with self._still_open():
            answer: pb.CheckResponse = self.stub.Check(request, timeout=timeout_s)
            return answer

    def manage(self, method: str, request: Message, *, timeout_s: float) -> Any:
        """One of the session's methods other than a call. Raises ClocheError."""
        self.ensure_ready()
        try:
            with self._still_open():
                return getattr(self.stub, method)(request, timeout=timeout_s)
        except grpc.RpcError as error:
            raise self.failure(error) from None

    def not_ready(self) -> None:
        """The server said so: the next call waits for it again."""
        self._ready = False

    def turned_away(self, error: grpc.RpcError) -> bool:
        """Whether a platform said, before anybody had seen the call, that no server runs."""
        return self._remote is not None and self._remote.turned_away(error)

    def _starts(self, error: grpc.RpcError) -> bool:
        """The platform was reached, and turned the call away or holds it until a server runs."""
        held = isinstance(error, grpc.Call) and (error.code() is grpc.StatusCode.DEADLINE_EXCEEDED)
        return held or (self._remote is not None and self._remote.starting(error))

    def _answers(self) -> bool:
        """Whether the server says anything at all."""
        if self._remote:
            return True  # its platform holds calls while a container starts
        try:
            with self._still_open():
                self.stub.GetServerInfo(pb.GetServerInfoRequest(), timeout=_PROBE_S)
        except grpc.RpcError as error:
            # Any other status has come from somebody; a lost connection ends the call by itself.
            silent = grpc.StatusCode.DEADLINE_EXCEEDED
            return not (isinstance(error, grpc.Call) and error.code() is silent)
        except InvalidRequestError:
            return True  # closed in the meantime, and the call with it
        return True

    def _is_ready(self) -> bool:
        stale = self._remote and time.monotonic() - self._answered_at > _FRESH_S
        return self._ready and not stale

    def _wait(self, display: LoadingDisplay) -> None:
        started = time.monotonic()
        while True:
            info = self._ask(display.waiting)
            display.update(info)
            if info.state == "ready":
                return
            if info.state == "unknown":
                raise ServerError(
                    f"the server at {self.address} is in a state that this client does not know: "
                    f"{skew(self._server_version)}; upgrade the older of the two"
                )
            # Behind a proxy another server takes the next question.
            if info.state == "stopping" and self._remote is None:
                if self._embedded and self._embedded.death(patience_s=_EMBEDDED_END_S):
                    self._embedded.check_starting()
                raise ServerUnavailableError(f"the server at {self.address} is stopping")
            if time.monotonic() - started >= self.ready_timeout_s:
                raise ServerUnavailableError(
                    f"the server at {self.address} is still {info.state} after "
                    f"{self.ready_timeout_s:g} s ({info.state_detail}); "
                    "give it more with ready_timeout="
                )
            time.sleep(0.1)

    def _ask(self, show: Callable[[str], None] = lambda stage: None) -> ServerInfo:
        """Asks until somebody answers. Where none listens a call fails at once, with its reason."""
        started = time.monotonic()
        answer_by = started + self._connect_timeout_s
        pause_s = _FIRST_PAUSE_S
        while True:
            if self._embedded and not self._ready:
                self._embedded.check_starting()
            self.check_open()
            patience_s = min(_PROBE_S, max(0.1, answer_by - time.monotonic()))
            try:
                with self._still_open():
                    answer = self.stub.GetServerInfo(pb.GetServerInfoRequest(), timeout=patience_s)
            except grpc.RpcError as error:
                failure = self.failure(error)
                starts = self._remote is not None and self._starts(error)
                if starts:
                    # Nobody answers while a container starts and loads: that is no fault.
                    answer_by = started + self.ready_timeout_s
                elif failures.refused(error):
                    answer_by = min(answer_by, started + self._refused_timeout_s)
                    show(f"nobody listens at {self.address} yet")
                hopeless = self._ready and self._embedded and self._embedded.death()
                late = time.monotonic() >= answer_by
                known = starts or isinstance(failure, ServerUnavailableError)
                if hopeless or late or not known:
                    raise failure from None
                if self._remote:
                    show(self._remote.stage())
                    pause_s = min(1.5 * pause_s, _LAST_PAUSE_S)
                    wanted_s = max(pause_s, self._remote.retry_after_s(error))
                    self._ended.wait(min(wanted_s, max(pause_s, answer_by - time.monotonic())))
                else:
                    time.sleep(pause_s)
            else:
                self._answered_at = time.monotonic()
                info = server_info(answer)
                self._server_version = one_line(
                    info.versions.get("cloche", ""), _VERSION_CHARACTERS
                )
                return info

    def failure(
        self,
        error: grpc.RpcError,
        technique: Technique = NOWHERE,
        *,
        accepted: bool | None = None,
    ) -> Exception:
        """The exception for a call, with the reason that only this side knows: it closed, or its
        own server is gone.

        Args:
            technique: whose lines a refusal is told in.
            accepted: whether the server had said that it has the call; None: it was a question.
        """
        failure = failures.from_rpc(
            error,
            address=self.address,
            technique=technique,
            accepted=accepted,
            server=self._server_version,
        )
        if self._closed and isinstance(failure, (CallCancelledError, ServerUnavailableError)):
            return CallCancelledError("this client was closed during the call")
        if self._embedded and self._ready and isinstance(failure, ServerUnavailableError):
            # Its socket closes a moment before the kernel lets go of the process.
            return self._embedded.death(patience_s=1.0) or failure
        if isinstance(failure, ServerUnavailableError):
            # The next call looks for the server first, and waits while it starts again.
            self._ready = False
        if self._remote:
            return self._remote.explain(failure, answered=self._answered_at > 0)
        if not self._answered_at:
            details = failures.details_of(error)
            return self._credentials.explain(failure, details, address=self.address)
        return failure

    @property
    def closed(self) -> bool:
        return self._closed

    def check_open(self) -> None:
        if self._closed:
            raise InvalidRequestError("this client is closed", field="client")
        if os.getpid() != self._owner:
            raise InvalidRequestError(
                "this client was made before this process was forked, and its connection did not "
                "come along; make a client in this process",
                field="client",
            )

    @contextlib.contextmanager
    def _still_open(self) -> Iterator[None]:
        """Another thread may close the channel between a check and a call."""
        try:
            yield
        except ValueError:
            self.check_open()
            raise

    def close(self) -> None:
        """Ends every call, then the embedded server. Again, or in a fork: nothing happens."""
        if os.getpid() != self._owner:
            return
        self._closed = True
        self._ended.set()
        self._finalizer()
        if self._embedded:
            self._embedded.close()


def _close_channel(channel: grpc.Channel, owner: int) -> None:
    if os.getpid() == owner:
        channel.close()


def check_address(address: object) -> str:
    """Returns the address; raises InvalidRequestError unless it is "host:port" or "unix:/path"."""
    if isinstance(address, str) and is_address(address):
        return address
    raise InvalidRequestError(
        f"address is {address!r}; it must be 'host:port', 'unix:/path/to/socket' or 'https://host'",
        field="address",
    )


def _channel_options(address: str) -> list[tuple[str, int]]:
    options = [
        ("grpc.max_receive_message_length", _LARGEST_MESSAGE_BYTES),
        ("grpc.max_send_message_length", -1),
        # A compressed message would be inflated whole before its size is looked at.
        ("grpc.compression_enabled_algorithms_bitset", 1),
        # So large are the pieces of a result; the default has each cut into sixty.
        ("grpc.http2.max_frame_size", 1 << 20),
        # A server that restarts is found again within seconds.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 2_000),
        # Channels would otherwise share connections, and close() would close others' too.
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_http_proxy", 0 if address.startswith(("unix:", "127.", "localhost")) else 1),
    ]
    if not address.startswith("unix:"):
        # A technique may be silent for minutes; without pings a dead peer would look just so.
        options += [("grpc.keepalive_time_ms", 30_000), ("grpc.keepalive_timeout_ms", 20_000)]
    return options
