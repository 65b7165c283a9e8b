"""Modal's proxy in front of a server class: TLS and HTTP/2 outside, HTTP/2 without TLS inside; and
HTTP/1.1 on both sides for who speaks that.

It does what is known of the real one: asks for a proxy token, answers 503 where no container runs,
and passes everything else on, trailers too.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions

Headers = list[tuple[str, str]]
UNAVAILABLE = 14


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    certificate, key = folder / "edge.pem", folder / "edge.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@dataclass
class Edge:
    """`backend` is the container's port, None while none runs."""

    backend: int | None = None
    token: tuple[str, str] | None = None
    gone: bool = False
    port: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    speaks: tuple[str, ...] = ("h2", "http/1.1")
    # Proxies that know no gRPC leave the trailers out, and with them the call's status.
    drops_trailers: bool = False
    turned_away: int = 0
    # The HTTP status while no container runs; 14: none, but gRPC's UNAVAILABLE, as Envoy does it.
    turns_away_with: int = 503
    # In seconds, how long it wants to be left alone then; 0: it does not say.
    retry_after: int = 0
    # Requests of HTTP/1.1 that a container has now.
    held: int = 0
    # Called for each request that no container takes: what starts one.
    on_demand: Callable[[], None] = lambda: None
    _links: set[_Link] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def refusal(self, headers: dict[str, str]) -> tuple[int, bytes] | None:
        """The HTTP status for what goes no further."""
        if self.gone:
            return 404, b"modal-http: app for invoked web endpoint is stopped"
        given = (headers.get("modal-key"), headers.get("modal-secret"))
        if self.token is not None and given != self.token:
            return 401, b"modal-http: missing credentials for proxy authorization"
        if self.backend is None:
            self.turned_away += 1
            self.on_demand()
            return self.turns_away_with, b"modal-http: no containers"
        return None

    def cut(self) -> None:
        """The container is gone, and with it every connection to it."""
        self.backend = None
        assert self._loop is not None
        for link in list(self._links):
            self._loop.call_soon_threadsafe(link.cut)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if writer.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            await self._pass_on(reader, writer)
            return
        link = _Link(self, writer)
        self._links.add(link)
        try:
            await link.outside.pump(reader, link.from_caller)
        finally:
            self._links.discard(link)
            link.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request of HTTP/1.1, and its answer for as long as both ends hold it."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines if line)
            self.requests.append(headers | {":path": first.split(" ")[1]})
            refused = self.refusal(headers)
            if refused is None:
                try:
                    inside, to_inside = await asyncio.open_connection("127.0.0.1", self.backend)
                except OSError:
                    refused = (503, b"modal-http: no route")
            if refused is not None:
                status, text = refused
                answer = f"HTTP/1.1 {status} No\r\ncontent-length: {len(text)}\r\n"
                if self.retry_after:
                    answer += f"retry-after: {self.retry_after}\r\n"
                writer.write(answer.encode() + b"\r\n" + text)
            else:
                self.held += 1
                to_inside.write(head)
                await join((reader, writer), (inside, to_inside))
                self.held -= 1
        writer.close()


async def join(
    one: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    other: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Passes bytes both ways until either end hangs up, which ends the other."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()

    pumps = [asyncio.ensure_future(pump(one[0], other[1])),
             asyncio.ensure_future(pump(other[0], one[1]))]  # fmt: skip
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in pumps:
            task.cancel()
        one[1].close()
        other[1].close()


class _Patient(h2.connection.H2Connection):
    """GOAWAY ends new streams, not open ones; h2 itself takes the connection for closed."""

    def _receive_goaway_frame(self, frame: Any) -> tuple[list[Any], list[Any]]:
        return [], []


class _Side:
    """One end of a connection: sends in order, as the windows allow."""

    def __init__(self, writer: asyncio.StreamWriter, *, client_side: bool) -> None:
        settings = h2.config.H2Configuration(client_side=client_side, header_encoding="utf-8")
        self.connection = _Patient(settings)
        self.connection.initiate_connection()
        self.writer = writer
        self._waiting: dict[int, deque[tuple[Any, bool]]] = defaultdict(deque)
        self.flush()

    def send(self, stream: int, what: Headers | bytes, *, end: bool) -> None:
        self._waiting[stream].append((what, end))
        self.flush()

    def reset(self, stream: int, code: int) -> None:
        self._waiting.pop(stream, None)
        with contextlib.suppress(h2.exceptions.ProtocolError):
            self.connection.reset_stream(stream, code)
        self.flush()

    def flush(self) -> None:
        for stream, items in list(self._waiting.items()):
            try:
                while items and self._send_first(stream, items):
                    pass
            except h2.exceptions.ProtocolError:  # the other end has closed the stream
                items.clear()
        if not self.writer.is_closing():
            self.writer.write(self.connection.data_to_send())

    def _send_first(self, stream: int, items: deque[tuple[Any, bool]]) -> bool:
        what, end = items[0]
        if isinstance(what, list):
            self.connection.send_headers(stream, what, end_stream=end)
        else:
            room = self.connection.local_flow_control_window(stream)
            room = min(room, self.connection.max_outbound_frame_size)
            if len(what) > room:
                if room:
                    self.connection.send_data(stream, what[:room])
                    items[0] = (what[room:], end)
                return bool(room)
            self.connection.send_data(stream, what, end_stream=end)
        items.popleft()
        return True

    async def pump(
        self, reader: asyncio.StreamReader, handle: Callable[[h2.events.Event], Any]
    ) -> None:
        while data := await reader.read(1 << 16):
            for event in self.connection.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    assert event.flow_controlled_length is not None
                    self.connection.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
                found = handle(event)
                if asyncio.iscoroutine(found):
                    await found
            self.flush()


class _Link:
    """One caller's connection, and one to the container for it; streams keep their numbers."""

    def __init__(self, edge: Edge, writer: asyncio.StreamWriter) -> None:
        self.edge = edge
        self.outside = _Side(writer, client_side=False)
        self.inside: _Side | None = None
        self._pump: asyncio.Task[None] | None = None
        self._open: set[int] = set()

    async def from_caller(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived():
                headers = [(str(name), str(value)) for name, value in event.headers or ()]
                self.edge.requests.append(dict(headers))
                refused = self.edge.refusal(dict(headers))
                if refused is None and await self._connect():
                    assert self.inside is not None
                    self._open.add(event.stream_id)
                    self.inside.send(event.stream_id, headers, end=bool(event.stream_ended))
                else:
                    self._refuse(event.stream_id, *(refused or (503, b"modal-http: no route")))
            case h2.events.DataReceived() if event.stream_id in self._open and self.inside:
                self.inside.send(event.stream_id, event.data or b"", end=bool(event.stream_ended))
            case h2.events.StreamReset() if event.stream_id in self._open and self.inside:
                self._open.discard(event.stream_id)
                self.inside.reset(event.stream_id, int(event.error_code or 0))

    def from_container(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.TrailersReceived() if self.edge.drops_trailers:
                self.outside.send(event.stream_id, b"", end=True)
            case h2.events.ResponseReceived() | h2.events.TrailersReceived():
                headers = [(str(name), str(value)) for name, value in event.headers or ()]
                self.outside.send(event.stream_id, headers, end=bool(event.stream_ended))
            case h2.events.DataReceived():
                self.outside.send(event.stream_id, event.data or b"", end=bool(event.stream_ended))
            case h2.events.StreamReset():
                self._open.discard(event.stream_id)
                self.outside.reset(event.stream_id, int(event.error_code or 0))

    def _refuse(self, stream: int, status: int, text: bytes) -> None:
        after = self.edge.retry_after
        later = [("retry-after", str(after))] if after else []
        if status == UNAVAILABLE:
            told = [("content-type", "application/grpc"), ("grpc-status", str(status)), *later]
            answer = [(":status", "200"), *told, ("grpc-message", text.decode())]
            self.outside.send(stream, answer, end=True)
            return
        headers = [(":status", str(status)), ("content-type", "text/plain"), *later]
        self.outside.send(stream, headers, end=False)
        self.outside.send(stream, text, end=True)

    async def _connect(self) -> bool:
        if self.inside is not None:
            return True
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.edge.backend)
        except OSError:
            return False
        self.inside = _Side(writer, client_side=True)
        self._pump = asyncio.create_task(self.inside.pump(reader, self.from_container))
        self._pump.add_done_callback(lambda _: self.cut())
        return True

    def cut(self) -> None:
        """The container's connection is gone: what was under way is reset."""
        inside, self.inside = self.inside, None
        if inside is not None:
            inside.writer.close()
        for stream in self._open:
            self.outside.reset(stream, h2.errors.ErrorCodes.CANCEL)
        self._open.clear()

    def close(self) -> None:
        self.cut()
        if self._pump is not None:
            self._pump.cancel()
        self.outside.writer.close()


@contextmanager
def running(edge: Edge, certificate: Path, key: Path) -> Iterator[Edge]:
    """Serves in a thread of its own; `edge.url` says where."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(list(edge.speaks))
    started = threading.Event()
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        server = await asyncio.start_server(edge.serve, "127.0.0.1", 0, ssl=context)
        edge.port = server.sockets[0].getsockname()[1]
        edge._loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        stop.append(lambda: edge._loop and edge._loop.call_soon_threadsafe(ended.set))
        started.set()
        await ended.wait()
        server.close()
        for link in list(edge._links):
            link.close()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield edge
    finally:
        stop[0]()
        thread.join(10)
