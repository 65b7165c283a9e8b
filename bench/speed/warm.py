"""A process that holds the model and runs what it is sent by cloudpickle: the design without walls.

Run as a program it serves its standard input, one pickled function and its arguments after another;
with "fork" each in a fork of its own, and then the process itself never computes: its threads would
not come along.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final, Self

import cloudpickle  # type: ignore[import-untyped]
import psutil

from bench.speed import environment
from bench.speed.processor import spent_s

_LENGTH: Final = struct.Struct("<Q")


class Warm:
    """The process, from its caller's side. One call at a time."""

    def __init__(self, model: Path, threads: int, *, fork: bool) -> None:
        command = [sys.executable, "-m", "bench.speed.warm", str(model), str(threads)]
        self._process = subprocess.Popen(
            [*command, *(["fork"] if fork else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        self._receive()  # it is loaded
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        assert self._process.stdin
        _send(self._process.stdin, cloudpickle.dumps((function, args)))
        return self._receive()

    def processor_s(self) -> float:
        """Its own and its forks' so far."""
        return spent_s(psutil.Process(self._process.pid))

    def _receive(self) -> Any:
        assert self._process.stdout
        data = _receive(self._process.stdout)
        if data is None:
            raise ChildProcessError("the warm process has ended")
        return pickle.loads(data)  # noqa: S301  # that is what is measured


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH.size)
    return stream.read(*_LENGTH.unpack(head)) if len(head) == _LENGTH.size else None


def _serve(path: Path, threads: int, *, fork: bool) -> None:
    environment.adopt()
    from bench.speed.bare import load

    bare = load(path, threads, to_fork=fork)
    out = sys.stdout.buffer
    _send(out, cloudpickle.dumps(None))
    while (data := _receive(sys.stdin.buffer)) is not None:
        if fork and os.fork():
            os.wait()
            continue
        function, args = pickle.loads(data)  # noqa: S301  # that is what is measured
        _send(out, cloudpickle.dumps(function(bare.model, bare.tokenizer, *args)))
        if fork:
            os._exit(0)


def main() -> None:
    path, threads, *rest = sys.argv[1:]
    _serve(Path(path), int(threads), fork="fork" in rest)


if __name__ == "__main__":
    main()
