"""A real server in a process of its own, spoken to through the generated stubs alone."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psutil
from cloche import wire
from cloche.contract.config import ServerConfig
from cloche.v1 import execution_pb2 as pb
from cloche.v1 import execution_pb2_grpc
from google.rpc import error_details_pb2, status_pb2

from tests.support.waiting import PATIENCE_S

START_S = 120.0


@dataclass(frozen=True)
class Returned:
    value: Any
    stdout: str
    usage: pb.Usage


@dataclass(frozen=True)
class Raised:
    type: str
    message: str
    lines: tuple[int, ...]
    traceback: str
    stdout: str


@dataclass(frozen=True)
class Refused:
    code: grpc.StatusCode
    reason: str
    message: str
    field: str
    diagnostics: tuple[pb.Diagnostic, ...]


Outcome = Returned | Raised | Refused


class RunningServer:
    """`stub` for everything that `execute` does not say."""

    def __init__(
        self, process: subprocess.Popen[bytes], address: str, log: Path, config: ServerConfig
    ) -> None:
        self.process = process
        self.address = address
        self.config = config
        self._log = log
        self.channel = grpc.insecure_channel(
            address, options=[("grpc.max_receive_message_length", -1)]
        )
        self.stub = execution_pb2_grpc.ExecutionServiceStub(self.channel)

    def hang_up_input(self) -> None:
        """Ends the server's standard input, as its parent's end does."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def hang_up(self) -> None:
        """Closes the test's ends; the server's standard input ends, and so does it."""
        self.channel.close()
        self.hang_up_input()

    def info(self) -> pb.GetServerInfoResponse:
        return self.stub.GetServerInfo(pb.GetServerInfoRequest())

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def execute(
        self,
        source: str,
        *args: object,
        entry_point: str = "",
        timeout_s: float = 60.0,
        raw_args: bytes | None = None,
        raw_kwargs: bytes = b"",
        deadline_s: float | None = None,
        **options: Any,
    ) -> Outcome:
        """One unary call; `options` are the other fields of CallOptions."""
        call = request(source, *args, entry_point=entry_point, timeout_s=timeout_s, **options)
        if raw_args is not None:
            call.args = raw_args
        call.kwargs = raw_kwargs
        try:
            response = self.stub.Execute(pb.ExecuteRequest(call=call), timeout=deadline_s)
        except grpc.RpcError as error:
            return refused(error)
        stdout = "".join(out.text for out in response.outputs if out.stream == pb.STREAM_STDOUT)
        if response.WhichOneof("outcome") == "result":
            return Returned(wire.decode(response.result), stdout, response.usage)
        failure = response.failure
        lines = tuple(frame.line for frame in failure.frames)
        return Raised(failure.type, failure.message, lines, failure.traceback, stdout)

    def value(self, source: str, *args: object, **options: Any) -> Any:
        """What a technique returns; anything else fails the test with what happened."""
        outcome = self.execute(source, *args, **options)
        assert isinstance(outcome, Returned), outcome
        return outcome.value

    def processes(self) -> list[psutil.Process]:
        """Everything below the server, and itself."""
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def launcher(self) -> psutil.Process:
        found = []
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):  # what fetched the model has ended
                if "cloche_server.zygote.launcher" in process.cmdline():
                    found.append(process)
        (launcher,) = found
        return launcher

    def zygote(self) -> psutil.Process:
        """The process that holds the model."""
        (found,) = self.launcher().children()
        return found

    def zombies(self) -> list[psutil.Process]:
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.status() == psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def sandboxes(self) -> set[psutil.Process]:
        return set(self.zygote().children())

    def sleeping_calls(self) -> set[psutil.Process]:
        """Sandboxes whose technique sleeps: those that wait for a call do so in a read."""
        found = set()
        for process in self.sandboxes():
            with contextlib.suppress(OSError):  # it has ended in the meantime
                if "nanosleep" in Path(f"/proc/{process.pid}/wchan").read_text():
                    found.add(process)
        return found

    def idle_sandboxes(self, seconds: float = 60.0) -> set[psutil.Process]:
        """Those of the pool, once it is full, nobody else's are left, and none of them works."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(psutil.NoSuchProcess):
                found = self.sandboxes()
                before = [sum(process.cpu_times()[:2]) for process in found]
                time.sleep(0.2)
                after = [sum(process.cpu_times()[:2]) for process in found]
                if len(found) == self.config.pool_size and before == after:
                    return found
        raise AssertionError(f"the pool does not come to rest within {seconds} s")

    def wait_until_ready(self, seconds: float = START_S) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"the server ended with {self.process.returncode}:\n{self.log()}"
                )
            with contextlib.suppress(grpc.RpcError):
                if self.info().state == pb.SERVER_STATE_READY:
                    return
            time.sleep(0.05)
        raise AssertionError(f"not ready after {seconds} s:\n{self.log()}")


def request(
    source: str, *args: object, entry_point: str = "", timeout_s: float = 60.0, **options: Any
) -> pb.Call:
    call = pb.Call(
        technique=pb.Technique(source=source, entry_point=entry_point),
        args=wire.encode(list(args)),
        options=pb.CallOptions(**options),
    )
    call.options.timeout.FromMilliseconds(int(timeout_s * 1000))
    return call


def refused(error: grpc.RpcError) -> Refused:
    """Reads the rich details that every refusal of ours carries."""
    reason, field, diagnostics = "", "", ()
    for key, value in error.trailing_metadata() or ():  # type: ignore[attr-defined]
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                found = pb.Diagnostics()
                if detail.Unpack(info):
                    reason, field = info.reason, info.metadata.get("field", "")
                elif detail.Unpack(found):
                    diagnostics = tuple(found.items)
    return Refused(error.code(), reason, error.details(), field, diagnostics)  # type: ignore[attr-defined]


def free_port() -> int:
    """One of loopback that nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_server(
    config: ServerConfig,
    *,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    under: Sequence[str] = (),
    listen: str | None = None,
) -> Iterator[RunningServer]:
    """Starts a server as an embedding client does, waits for its model, and stops it.

    Args:
        cwd: the folder it starts in; None: this process's own.
        under: a command that becomes the server's, in another place or as another user.
        listen: as the configuration has it; None: a socket in a folder of its own.
    """
    with tempfile.TemporaryDirectory(prefix="cloche-test-") as folder:
        os.chmod(folder, 0o777)
        server = start_server(config, Path(folder), env=env, cwd=cwd, under=under, listen=listen)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.hang_up()
            try:
                server.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.kill(server.process.pid, signal.SIGKILL)
                server.process.wait()
                raise


def start_server(
    config: ServerConfig,
    folder: Path,
    *,
    env: dict[str, str] | None = None,
    cwd: Path | None = None,
    under: Sequence[str] = (),
    own_group: bool = False,
    listen: str | None = None,
) -> RunningServer:
    """Starts a server with its socket and log in `folder`; whoever asked for it ends it.

    Args:
        own_group: it leads a process group, as a shell starts it.
        listen: where instead.
    """
    address = listen or f"unix:{folder}/socket"
    config = dataclasses.replace(config, listen=address)
    log = folder / "log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [*under, sys.executable, "-P", "-m", "cloche_server"],
            stdin=subprocess.PIPE,
            stderr=stderr,
            env=env,
            cwd=cwd,
            start_new_session=own_group,
        )
    assert process.stdin is not None
    process.stdin.write(config.to_json().encode() + b"\n")
    process.stdin.flush()
    return RunningServer(process, address, log, config)
