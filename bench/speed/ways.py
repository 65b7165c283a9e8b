"""The ways to run a function on a loaded model, each behind the same two questions."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import grpc
import psutil
from cloche import InterpClient, wire
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc as stubs

from bench.speed.bare import Bare
from bench.speed.processor import spent_with_children_s
from bench.speed.warm import Warm
from bench.speed.workloads import Workload

Call = Callable[[], Any]


@dataclass(frozen=True)
class Way:
    """One way: `prepared` makes a call of a workload, whose making is not measured."""

    name: str
    prepared: Callable[[Workload], Call]
    #: Of all processes that serve it, until now.
    processor_s: Callable[[], float]
    #: It takes what needs no upload.
    small: bool = False

    def takes(self, workload: Workload) -> bool:
        return not (self.small and workload.uploads)


def bare(model: Bare) -> Way:
    """A call of the function here."""

    def prepared(workload: Workload) -> Call:
        function, args = workload.function(), workload.args()
        return lambda: function(model.model, model.tokenizer, *args)

    return Way("bare", prepared, time.process_time)


def warm(name: str, process: Warm) -> Way:
    """By cloudpickle into a process that waits."""

    def prepared(workload: Workload) -> Call:
        function, args = workload.function(), workload.args()
        return lambda: process.call(function, args)

    return Way(name, prepared, process.processor_s)


@dataclass(frozen=True)
class Cloche:
    """An embedded server, and stubs for those ways that the client does not take."""

    client: InterpClient
    stub: stubs.ExecutionServiceStub
    server: psutil.Process

    def ways(self) -> tuple[Way, ...]:
        return (
            Way("Cloche, Execute", self._unary, self.processor_s, small=True),
            Way("Cloche, ExecuteStream", self._stream, self.processor_s, small=True),
            Way("Cloche, client.run", self._run, self.processor_s),
        )

    def processor_s(self) -> float:
        """Of the front and of all below it, sandboxes that have ended too."""
        return spent_with_children_s(self.server)

    def sandboxes(self) -> list[psutil.Process]:
        """Those that wait for a call."""
        found = []
        for process in self.server.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                above = process.parent()
                over = above.parent() if above else None
                if over and "cloche_server.zygote.launcher" in over.cmdline():
                    found.append(process)
        return found

    def _unary(self, workload: Workload) -> Call:
        request = pb.ExecuteRequest(call=_message(workload))

        def call() -> Any:
            answer = self.stub.Execute(request)
            assert not answer.HasField("failure"), answer.failure.message
            return wire.decode(answer.result)

        return call

    def _stream(self, workload: Workload) -> Call:
        request = pb.ExecuteStreamRequest(call=_message(workload))

        def call() -> Any:
            pieces = [
                event.result_chunk.data
                for event in self.stub.ExecuteStream(request)
                if event.HasField("result_chunk")
            ]
            return wire.decode(b"".join(pieces))

        return call

    def _run(self, workload: Workload) -> Call:
        args = workload.args()
        return lambda: self.client.run(workload.source, *args)


@contextlib.contextmanager
def cloche(model: Path, threads: int, weights: Literal["fork", "handles"]) -> Iterator[Cloche]:
    """Starts a server; both walls are up."""
    mebibyte = 1 << 20
    limits = {"result_max_bytes": 256 * mebibyte, "result_default_bytes": 256 * mebibyte}
    with InterpClient(model_name=model, threads=threads, progress=False, limits=limits) as client:
        # The same server: an address is not part of what an embedded client shows.
        address = client._connection.address
        options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        (server,) = psutil.Process().children()[-1:]
        with grpc.insecure_channel(address, options=options) as channel:
            yield Cloche(client, stubs.ExecutionServiceStub(channel), server)


def _message(workload: Workload) -> pb.Call:
    technique = pb.Technique(source=workload.source, entry_point="work")
    args = workload.args()
    return pb.Call(technique=technique, args=wire.encode(list(args)) if args else b"")
