"""A stream's messages, going and coming: what is large in them is not parsed, but passed on.

protobuf would copy it twice each way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from cloche.client.shown import shown
from cloche.contract.varint import read_varint, varint
from cloche.v1 import execution_pb2 as pb

# ExecuteStreamResponse.result_chunk, ResultChunk.data and .total_bytes, as they begin.
_CHUNK: Final = 4 << 3 | 2
_DATA: Final = 1 << 3 | 2
_TOTAL: Final = 2 << 3


@dataclass(frozen=True)
class Piece:
    """A ResultChunk whose data is a view of the message."""

    data: memoryview
    total_bytes: int


#: Arguments that take more are uploaded: a message is held whole at both ends, several times.
INLINE_MAX_BYTES: Final = 4 << 20
_PIECE_BYTES: Final = 1 << 20
# ExecuteUploadRequest.data.
_UPLOAD_DATA: Final = 2 << 3 | 2

Buffer: TypeAlias = bytes | bytearray | memoryview


@dataclass(frozen=True)
class Upload:
    """A call whose arguments go beside it, from where they lie; may be sent more than once."""

    call: pb.Call
    args: tuple[Buffer, ...]
    kwargs: tuple[Buffer, ...]

    @property
    def size(self) -> int:
        """Bytes of arguments."""
        return sum(map(len, (*self.args, *self.kwargs)))

    def messages(self) -> Iterator[pb.ExecuteUploadRequest | bytes]:
        yield pb.ExecuteUploadRequest(
            upload=pb.Upload(
                call=self.call,
                args_bytes=sum(map(len, self.args)),
                kwargs_bytes=sum(map(len, self.kwargs)),
            )
        )
        waiting: list[memoryview] = []
        size = 0
        for part in (*self.args, *self.kwargs):
            view = memoryview(part)
            while view:
                waiting.append(view[: _PIECE_BYTES - size])
                view = view[_PIECE_BYTES - size :]
                size += len(waiting[-1])
                if size == _PIECE_BYTES:
                    yield _upload_data(waiting, size)
                    waiting, size = [], 0
        if waiting:
            yield _upload_data(waiting, size)


Request: TypeAlias = pb.ExecuteStreamRequest | Upload


def serialised(message: pb.ExecuteUploadRequest | bytes) -> bytes:
    return message if isinstance(message, bytes) else message.SerializeToString()


def _upload_data(parts: list[memoryview], size: int) -> bytes:
    """ExecuteUploadRequest(data=...), written out."""
    return b"".join((bytes((_UPLOAD_DATA,)), varint(size), *parts))


Incoming: TypeAlias = pb.ExecuteStreamResponse | Piece


def parse(message: bytes) -> Incoming:
    """Raises google.protobuf's DecodeError for what is no message."""
    piece = _piece(message)
    if piece is not None:
        return piece
    event = pb.ExecuteStreamResponse.FromString(message)
    # What a technique prints stays as it is, colours and all.
    return event if event.WhichOneof("event") == "output" else shown(event)


def _piece(message: bytes) -> Piece | None:
    """None for what is written in any other way than ours, which protobuf may know to read."""
    if message[:1] != bytes((_CHUNK,)):
        return None
    inside = read_varint(message, 1)
    if inside is None or inside[0] != len(message) - inside[1]:
        return None
    start = inside[1]
    if message[start : start + 1] != bytes((_DATA,)):
        return None
    length = read_varint(message, start + 1)
    if length is None:
        return None
    start, end = length[1], length[1] + length[0]
    if message[end : end + 1] != bytes((_TOTAL,)):
        return None
    total = read_varint(message, end + 1)
    if total is None or total[1] != len(message):
        return None
    return Piece(memoryview(message)[start:end], total[0])
