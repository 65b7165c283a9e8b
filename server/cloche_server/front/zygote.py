"""The zygote, seen from the front: started, told to fork and to kill, listened to."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from cloche_server.fitting import one_line
from cloche_server.front import audit
from cloche_server.front.channel import Channel
from cloche_server.front.witness import Witness
from cloche_server.ipc import control
from cloche_server.models.load import SINGLE_THREADED_ENV

_log = logging.getLogger(__name__)

# What the zygote gets of the front's environment. Everything else, tokens among it, stays behind.
_INHERITED = (
    "PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR",
    "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
)  # fmt: skip
_FIXED = {
    # The order of sets, and so of what depends on it, is the same from one start to the next.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    # Threads that wait sleep rather than spin: sandboxes share the processors.
    "OMP_WAIT_POLICY": "PASSIVE",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
_STOP_S: Final = 5.0
# Of a millisecond each: a zygote that forks does not read meanwhile.
_TRIES: Final = 1000
# The memory of a large sandbox takes the kernel a while to free, and much longer on a busy machine.
_KILL_S: Final = 20.0


class ZygoteDied(Exception):
    """The zygote is gone; the message says how, as far as it is known."""


class ZygoteFailed(ZygoteDied):
    """The zygote said that it cannot start, and why."""


class WeightsChanged(ZygoteDied):
    """The weights were not as they were loaded, and the zygote has ended for it."""


@dataclass(eq=False)
class Sandbox:
    """One forked sandbox: its channel, and how it ended once it has."""

    number: int
    channel: Channel
    ended: asyncio.Future[int] = field(repr=False)
    # The forbidden system call that it tried, once it has.
    forbidden: str | None = None
    # Holds the listener of the sandbox's filter.
    witness: Witness | None = field(default=None, repr=False)

    def close(self) -> None:
        self.channel.close()
        if self.witness is not None:
            self.witness.close()


class Zygote:
    """One run of the zygote process, from launch to its end."""

    def __init__(self, process: asyncio.subprocess.Process, front: socket.socket) -> None:
        self._process = process
        self._control = front
        self._sandboxes: dict[int, Sandbox] = {}
        self._count = 0
        loop = asyncio.get_running_loop()
        self._loaded: asyncio.Future[control.Loaded] = loop.create_future()
        self.ended: asyncio.Future[ZygoteDied] = loop.create_future()
        self._launched_at = loop.time()
        # What it took until the model was held.
        self.loading_s: float | None = None
        self._listener: asyncio.Task[None] | None = None
        self._kills: set[asyncio.Task[int | None]] = set()

    @classmethod
    async def launch(cls, boot: control.Boot, on_stage: Callable[[str, float], None]) -> Zygote:
        """Starts the process; `loaded` tells when it is of use.

        Raises:
            OSError: the kernel starts no process.
        """
        front, back = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        try:
            with back:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-m", "cloche_server.zygote.launcher",
                    str(back.fileno()), str(os.getpid()),
                    pass_fds=[back.fileno()],
                    stdin=asyncio.subprocess.DEVNULL,
                    env=inherited | dict(SINGLE_THREADED_ENV) | _FIXED,
                    cwd="/",
                    # What a terminal sends to our group is for us: calls that run may end.
                    start_new_session=True,
                )  # fmt: skip
        except BaseException:
            front.close()
            raise
        front.setblocking(False)
        zygote = cls(process, front)
        zygote._listener = asyncio.create_task(zygote._listen(on_stage))
        with contextlib.suppress(ZygoteDied):  # `loaded` says so
            await zygote._send(boot)
        return zygote

    async def loaded(self) -> control.Loaded:
        """Waits until the model is held.

        Raises:
            ZygoteFailed: it cannot start; trying again will not help.
            ZygoteDied: it ended on the way.
        """
        return await asyncio.shield(self._loaded)

    async def spawn(self, *, ahead: bool, session: bool = False) -> Sandbox:
        """Asks for a fork. The sandbox is ready once its channel says so.

        Args:
            session: it is to outlive its calls; what is killed and ends is then its keeper.

        Raises:
            ZygoteDied: there is nobody to fork.
        """
        self._require_alive()
        self._count += 1
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        loop = asyncio.get_running_loop()
        sandbox = Sandbox(self._count, Channel(ours), loop.create_future())
        self._sandboxes[sandbox.number] = sandbox
        try:
            with theirs:
                await self._send(control.Spawn(sandbox.number, ahead, session), theirs.fileno())
        except BaseException:
            self._sandboxes.pop(sandbox.number, None)
            sandbox.close()
            raise
        return sandbox

    async def signal(self, sandbox: Sandbox) -> None:
        """Sends SIGKILL, and leaves what the sandbox has said to be read.

        Raises:
            ZygoteDied: there is nobody to send it, and nothing left to end.
        """
        if not sandbox.ended.done():
            await self._send(control.Kill(sandbox.number))

    def kill_now(self, sandbox: Sandbox) -> None:
        """`signal`, from any thread and without a loop."""
        packet = control.pack(control.Kill(sandbox.number))
        for _ in range(_TRIES):
            try:
                self._control.send(packet)
            except BlockingIOError:
                time.sleep(0.001)
            except OSError:
                return  # the zygote has ended, and the sandbox with it
            else:
                return

    async def kill(self, sandbox: Sandbox) -> int | None:
        """Ends a sandbox for sure: if the zygote does not, all of it is ended.

        Returns its exit code, or minus the signal that ended it; None where the zygote died too.
        """
        sandbox.channel.hang_up()
        try:
            async with asyncio.timeout(_KILL_S):
                await self.signal(sandbox)
                return await asyncio.shield(sandbox.ended)
        except TimeoutError:
            _log.error("sandbox %d outlived its kill; ending the zygote", sandbox.number)
            await self.stop()
        except ZygoteDied:
            pass  # and the sandbox with it
        finally:
            sandbox.close()
        return None

    async def audit(self) -> None:
        """Asks whether the weights are as they were loaded. The answer comes by itself."""
        with contextlib.suppress(ZygoteDied):
            if (await self.loaded()).weights != "fork":
                await self._send(control.Audit())

    async def greet(self, sandbox: Sandbox) -> None:
        """Waits for a new sandbox's greeting; from then on its system calls are watched.

        Raises:
            ChannelClosed: it ended before.
        """
        listener = await sandbox.channel.receive_greeting()
        if listener is not None:
            sandbox.witness = Witness(listener, functools.partial(self._forbid, sandbox))

    def _forbid(self, sandbox: Sandbox, name: str) -> None:
        sandbox.forbidden = name
        audit.forbidden_call(sandbox.number, name)
        kill = asyncio.create_task(self.kill(sandbox))
        self._kills.add(kill)
        kill.add_done_callback(self._kills.discard)

    async def stop(self) -> None:
        """Closes the control socket, which ends the zygote and its sandboxes; kills if it must.

        A zygote that is still loading does not listen: it is killed at once, with its launcher.
        """
        if not self._loaded.done():
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._listener is not None:
            await self._listener

    async def _send(self, message: control.ToZygote, descriptor: int | None = None) -> None:
        descriptors = [] if descriptor is None else [descriptor]
        packet = control.pack(message)
        while True:
            self._require_alive()
            try:
                socket.send_fds(self._control, [packet], descriptors)
            except BlockingIOError:
                await asyncio.sleep(0.001)
            except OSError as error:
                raise ZygoteDied(f"the zygote does not listen: {error}") from error
            else:
                return

    def _require_alive(self) -> None:
        if self.ended.done():
            raise self.ended.result()

    async def _listen(self, on_stage: Callable[[str, float], None]) -> None:
        """Until the zygote closes its end. It runs no caller code, but its word is checked too."""
        loop = asyncio.get_running_loop()
        death = ZygoteDied("the model's process died")
        try:
            while packet := await loop.sock_recv(self._control, control.MAX_PACKET):
                match control.unpack_from_zygote(packet):
                    case control.Stage(text, fraction):
                        on_stage(text, fraction)
                    case control.Loaded() as facts if not self._loaded.done():
                        self.loading_s = loop.time() - self._launched_at
                        self._loaded.set_result(facts)
                    case control.Failed(message):
                        death = ZygoteFailed(message)
                    case control.Audited(intact, detail):
                        audit.weights(intact=intact, detail=one_line(detail))
                        if not intact:
                            death = WeightsChanged(f"the weights have changed: {one_line(detail)}")
                    case control.Ended(number, exit_code):
                        sandbox = self._sandboxes.pop(number, None)
                        if sandbox is not None:
                            sandbox.ended.set_result(exit_code)
        except OSError:
            pass  # the same as its end of file
        except (msgspec.MsgspecError, ValueError) as error:
            _log.error("the zygote sent nonsense: %s", one_line(str(error)))
            self._process.kill()
        self._control.close()
        code = await self._process.wait()
        if type(death) is ZygoteDied:
            death = ZygoteDied(f"the model's process died ({_describe(code)})")
        self.ended.set_result(death)
        if not self._loaded.done():
            self._loaded.set_exception(death)
            self._loaded.exception()  # seen: nobody may be waiting
        for sandbox in self._sandboxes.values():
            sandbox.ended.set_exception(death)
            sandbox.ended.exception()
            sandbox.channel.hang_up()
        self._sandboxes.clear()


def _describe(code: int) -> str:
    """The launcher answers with 128 plus a signal, as shells do."""
    return f"signal {code - 128}" if code > 128 else f"exit code {code}"
