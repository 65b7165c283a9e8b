"""Represent what happens during a call, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cloche.v1 import execution_pb2 as pb

if TYPE_CHECKING:
    from google.protobuf import duration_pb2


@dataclass(frozen=True, kw_only=True)
class Queued:
    """The call waits for its turn; `ahead` calls and `expected_s` are what is probable now."""

    ahead: int
    expected_s: float


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A sandbox has the call, `call_id` in the server's log. The limits are those in force."""

    call_id: str
    timeout_s: float
    memory_bytes: int
    result_max_bytes: int
    output_max_bytes: int
    seed: int | None


@dataclass(frozen=True, kw_only=True)
class Output:
    """Text that the technique printed."""

    stream: Literal["stdout", "stderr"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Log:
    """What a library in the sandbox logged or warned of, once in a call; also what the client has
    to say of the call, such as a limit that the server cuts.
    """

    level: Literal["debug", "info", "warning", "error"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What the technique said through `progress(done, total, note)`."""

    done: float
    total: float | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a call took, as the server measured it. Memory is the most that it grew by.

    `result_sha256` is the digest of the encoded result, in hexadecimal, of a deterministic call.
    """

    wall_clock_s: float
    cpu_s: float
    memory_peak_bytes: int
    result_sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """The technique returned. Always the last event."""

    result: Any
    usage: Usage


Event = Queued | Accepted | Output | Log | Progress | Done


def queued(message: pb.Queued) -> Queued:
    return Queued(ahead=message.ahead, expected_s=seconds(message.expected))


def accepted(message: pb.Accepted) -> Accepted:
    options = message.options
    return Accepted(
        call_id=message.call_id,
        timeout_s=seconds(options.timeout),
        memory_bytes=options.memory_bytes,
        result_max_bytes=options.result_max_bytes,
        output_max_bytes=options.output_max_bytes,
        seed=options.seed if options.HasField("seed") else None,
    )


def output(message: pb.Output) -> Output:
    to_stderr = message.stream == pb.STREAM_STDERR
    return Output(stream="stderr" if to_stderr else "stdout", text=message.text)


_LEVELS: dict[int, Literal["debug", "info", "warning", "error"]] = {
    pb.LOG_LEVEL_DEBUG: "debug",
    pb.LOG_LEVEL_INFO: "info",
    pb.LOG_LEVEL_ERROR: "error",
}


def log(message: pb.Log) -> Log:
    # A level that a newer server knows is worth reading.
    return Log(level=_LEVELS.get(message.level, "warning"), text=message.text)


def progress(message: pb.Progress) -> Progress:
    total = message.total if message.HasField("total") else None
    return Progress(done=message.done, total=total, note=message.note)


def usage(message: pb.Usage) -> Usage:
    return Usage(
        wall_clock_s=seconds(message.wall_clock),
        cpu_s=seconds(message.cpu),
        memory_peak_bytes=message.memory_peak_bytes,
        result_sha256=message.result_sha256.hex() if len(message.result_sha256) == 32 else "",
    )


def seconds(duration: duration_pb2.Duration) -> float:
    return duration.seconds + duration.nanos / 10**9
