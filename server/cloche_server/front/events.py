"""What happens in a call, as cloche.v1 says it: what a sandbox claims is brought into range."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from cloche.v1 import execution_pb2 as pb
from cloche.varint import varint

from cloche_server.front.call import Call
from cloche_server.front.outbox import Item
from cloche_server.front.refusal import natural
from cloche_server.ipc import job

_STREAMS: Final = {"stdout": pb.STREAM_STDOUT, "stderr": pb.STREAM_STDERR}
_LEVELS: Final[dict[job.Level, pb.LogLevel.ValueType]] = {
    "debug": pb.LOG_LEVEL_DEBUG,
    "info": pb.LOG_LEVEL_INFO,
    "warning": pb.LOG_LEVEL_WARNING,
    "error": pb.LOG_LEVEL_ERROR,
}


_RESULT_CHUNK: Final = 4
_DATA: Final = 1
_TOTAL_BYTES: Final = 2


#: A message, or its bytes.
Event: TypeAlias = pb.ExecuteStreamResponse | bytes


def event(item: Item) -> Event | None:
    """None for what is no event of a stream."""
    match item:
        case pb.Accepted():
            return pb.ExecuteStreamResponse(accepted=item)
        case pb.Done():
            return pb.ExecuteStreamResponse(done=item)
        case job.Printed(stream, text):
            return pb.ExecuteStreamResponse(output=pb.Output(stream=_STREAMS[stream], text=text))
        case job.Logged(level, text):
            return pb.ExecuteStreamResponse(log=pb.Log(level=_LEVELS[level], text=text))
        case job.Progressed(done, total, note):
            return pb.ExecuteStreamResponse(progress=pb.Progress(done=done, total=total, note=note))
        case job.Chunk(data, total_bytes):
            return _chunk(data, total_bytes)
    return None


def _chunk(data: bytes | bytearray, total_bytes: int) -> bytes:
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
        self._result = bytearray()
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
                self._result += data
            case pb.Done():
                self._done = item

    def response(self) -> pb.ExecuteResponse:
        """All of it; for one use."""
        response = pb.ExecuteResponse(
            outputs=[pb.Output(stream=kind, text=text.decode()) for kind, text in self._outputs],
            logs=self._logs,
            usage=self._done.usage,
        )
        if self._done.HasField("failure"):
            response.failure.CopyFrom(self._done.failure)
        else:
            response.result = bytes(self._result)
            self._result.clear()
        return response


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
