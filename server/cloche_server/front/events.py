"""What happens in a call, as cloche.v1 says it: what a sandbox claims is brought into range."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from cloche.contract.varint import varint
from cloche.v1 import execution_pb2 as pb

from cloche_server.fitting import natural
from cloche_server.front.call import Call
from cloche_server.front.outbox import Item
from cloche_server.ipc import job

_STREAMS: Final = {"stdout": pb.STREAM_STDOUT, "stderr": pb.STREAM_STDERR}
_LEVELS: Final[dict[job.Level, pb.LogLevel.ValueType]] = {
    "debug": pb.LOG_LEVEL_DEBUG,
    "info": pb.LOG_LEVEL_INFO,
    "warning": pb.LOG_LEVEL_WARNING,
    "error": pb.LOG_LEVEL_ERROR,
}


# Of ExecuteStreamResponse, of ResultChunk, and of ExecuteResponse.
_RESULT_CHUNK: Final = 4
_DATA: Final = 1
_TOTAL_BYTES: Final = 2
_RESULT: Final = 1
_FIRST_PIECE_BYTES: Final = 1 << 16
#: No message of a result has more data.
PIECE_BYTES: Final = 1 << 18


class Events:
    """A stream's messages, as bytes.

    A message lies in the front until its caller takes it, and gRPC takes none back: the first ones
    are short, and a caller that takes them gets longer ones.
    """

    def __init__(self) -> None:
        self._most = _FIRST_PIECE_BYTES

    def of(self, item: Item) -> Iterator[bytes]:
        match item:
            case pb.Queued():
                yield pb.ExecuteStreamResponse(queued=item).SerializeToString()
            case pb.Accepted():
                yield pb.ExecuteStreamResponse(accepted=item).SerializeToString()
            case pb.Done():
                yield pb.ExecuteStreamResponse(done=item).SerializeToString()
            case job.Printed(stream, text):
                output = pb.Output(stream=_STREAMS[stream], text=text)
                yield pb.ExecuteStreamResponse(output=output).SerializeToString()
            case job.Logged(level, text):
                log = pb.Log(level=_LEVELS[level], text=text)
                yield pb.ExecuteStreamResponse(log=log).SerializeToString()
            case job.Progressed(done, total, note):
                progress = pb.Progress(done=done, total=total, note=note)
                yield pb.ExecuteStreamResponse(progress=progress).SerializeToString()
            case job.Chunk(data, total_bytes):
                view = memoryview(data)
                while view:
                    yield _chunk(view[: self._most], total_bytes)
                    view = view[self._most :]
                    self._most = min(2 * self._most, PIECE_BYTES)


def _chunk(data: memoryview, total_bytes: int) -> bytes:
    """ExecuteStreamResponse(result_chunk=ResultChunk(...)), written out: one copy, not four."""
    head = bytes((_DATA << 3 | 2,)) + varint(len(data))
    tail = bytes((_TOTAL_BYTES << 3,)) + varint(total_bytes)
    size = len(head) + len(data) + len(tail)
    return b"".join((bytes((_RESULT_CHUNK << 3 | 2,)), varint(size), head, data, tail))


class Collector:
    """The same events as one response."""

    def __init__(self) -> None:
        self._outputs: list[tuple[pb.Stream.ValueType, bytearray]] = []
        self._logs: list[pb.Log] = []
        self._result: list[bytes | bytearray] = []
        self._done = pb.Done()

    def add(self, item: Item) -> None:
        # In bytes, and joined: a million prints of a letter are no million objects.
        match item:
            case job.Printed(stream, text):
                kind = _STREAMS[stream]
                if not self._outputs or self._outputs[-1][0] != kind:
                    self._outputs.append((kind, bytearray()))
                self._outputs[-1][1].extend(text.encode())
            case job.Logged(level, text):
                self._logs.append(pb.Log(level=_LEVELS[level], text=text))
            case job.Chunk(data):
                self._result.append(data)
            case pb.Done():
                self._done = item

    def response(self) -> bytes:
        """ExecuteResponse, whose result is copied once; for one use."""
        rest = pb.ExecuteResponse(
            outputs=[pb.Output(stream=kind, text=text.decode()) for kind, text in self._outputs],
            logs=self._logs,
            usage=self._done.usage,
        )
        if self._done.HasField("failure"):
            rest.failure.CopyFrom(self._done.failure)
            return rest.SerializeToString()
        result, self._result = self._result, []
        head = bytes((_RESULT << 3 | 2,)) + varint(sum(map(len, result)))
        return b"".join((head, *result, rest.SerializeToString()))


def last(answer: job.Answer, call: Call) -> Item:
    """The sandbox's last word, with what the call took."""
    if isinstance(answer, job.Checked):
        return answer
    done = pb.Done()
    cpu_s = answer.cpu_s
    if not (math.isfinite(cpu_s) and 0 <= cpu_s < 1e9):
        cpu_s = 0.0
    done.usage.cpu.FromMicroseconds(int(cpu_s * 1e6))
    done.usage.wall_clock.FromMicroseconds(int(call.wall_clock_s * 1e6))
    done.usage.memory_peak_bytes = call.memory_peak_bytes
    if isinstance(answer, job.Returned):
        done.usage.result_sha256 = answer.sha256
    if isinstance(answer, job.Raised):
        done.failure.CopyFrom(_failure(answer))
    return done


def outcome(answer: job.Answer) -> str:
    """For the audit log."""
    match answer:
        case job.Raised(exception=name):
            return f"raised {name}"
        case job.Returned():
            return "returned"
        case job.Checked(diagnostics=found):
            return "refused" if found else "admitted"


def phases(answer: job.Answer, call: Call) -> dict[str, float]:
    """Seconds of parts of the call, as its sandbox claims: no more than the call took."""
    if not isinstance(answer, job.Returned):
        return {}
    claimed = {"compile_s": answer.phases.compile_s, "encode_s": answer.phases.encode_s}
    return {
        name: min(max(value, 0.0), call.wall_clock_s) if math.isfinite(value) else 0.0
        for name, value in claimed.items()
    }


def _failure(raised: job.Raised) -> pb.TechniqueFailure:
    return pb.TechniqueFailure(
        type=raised.exception,
        message=raised.message,
        traceback=raised.traceback,
        frames=[
            pb.TracebackFrame(
                function=frame.function,
                line=natural(frame.line),
                column=natural(frame.column),
                text=frame.text,
            )
            for frame in raised.frames
        ],
    )
