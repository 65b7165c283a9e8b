"""One call: a job goes into a sandbox, what comes out is bounded, and the sandbox ends.

Whose time runs: the technique's, from the moment its sandbox has the job. Once its result has
begun, the time that is spent waiting for the caller to take it is the caller's, and bounded too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import AsyncIterator
from typing import Final

from cloche.status import Reason

from cloche_server.front.allowance import Allowance
from cloche_server.front.arguments import Arguments
from cloche_server.front.channel import ChannelClosed, ProtocolViolation
from cloche_server.front.options import Options
from cloche_server.front.outbox import Outbox
from cloche_server.front.pool import ReadySandbox
from cloche_server.front.refusal import Refusal
from cloche_server.front.text import one_line
from cloche_server.front.zygote import Zygote, ZygoteDied
from cloche_server.ipc import job

_log = logging.getLogger(__name__)

_MEMORY_POLL_S: Final = 0.02
# Where asking is dear (gVisor), the watch rests for this many times what it took.
_MEMORY_REST: Final = 5.0
# What a caller may take for a result in all: this, and what so slow a line needs.
_PATIENCE_S: Final = 60.0
_SLOWEST_BYTES_PER_S: Final = 1 << 18
_LINE_CHARACTERS: Final = 80
# How long after its channel closed a sandbox's exit may be in coming.
_LAST_WORD_S: Final = 5.0


class Call:
    """For one use: `conduct` it, `end` it, and read `wall_clock_s` and `memory_peak_bytes`."""

    def __init__(self, zygote: Zygote, ready: ReadySandbox, options: Options) -> None:
        self._zygote = zygote
        self._ready = ready
        self._options = options
        self._clock = asyncio.timeout(options.timeout_s)
        # Why the clock was made to end early, if it was.
        self._verdict: Refusal | None = None
        # For a caller that is waited for now: what to tell it if it comes too late.
        self._too_late: Refusal | None = None
        self._waited_s = 0.0
        self._patience_used_s = 0.0
        # Where the technique was when it was last seen, as the sandbox says.
        self._lines: list[str] = []
        self._line = 0
        self._ending: asyncio.Task[int | None] | None = None
        self.wall_clock_s = 0.0
        self.memory_peak_bytes = 0

    async def conduct(
        self, task: job.ToSandbox, arguments: Arguments, outbox: Outbox
    ) -> job.Answer:
        """Puts into `outbox` what the sandbox says, and returns its last word.

        Raises:
            Refusal: a limit, the sandbox's own refusal, its death, or the zygote's.
        """
        self._lines = task.source.splitlines()
        started = time.monotonic()
        watch: asyncio.Task[None] | None = None
        try:
            async with self._clock:
                watch = asyncio.create_task(self._watch_memory())
                return await self._converse(task, arguments, outbox)
        except TimeoutError:
            raise self._verdict or self._too_late or self._out_of_time() from None
        finally:
            self.wall_clock_s = time.monotonic() - started - self._waited_s
            if watch is not None:
                watch.cancel()

    async def end(self) -> None:
        """Returns once the sandbox has ended. May be called more than once."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._zygote.kill(self._ready.sandbox))
        try:
            await asyncio.shield(self._ending)
        finally:
            self._ready.memory.close()

    async def _converse(
        self, task: job.ToSandbox, arguments: Arguments, outbox: Outbox
    ) -> job.Answer:
        channel = self._ready.sandbox.channel
        allowance = Allowance(task, self._options)
        try:
            await self._hand_over(task, arguments)
            while True:
                for message in await channel.receive():
                    allowance.charge(message)
                    match message:
                        case job.Returned() | job.Raised() | job.Checked():
                            return message
                        case job.Refused(reason, text, field, diagnostics, more, line):
                            raise Refusal(
                                Reason(reason), text,
                                field=field, diagnostics=diagnostics, more=more, line=line,
                            )  # fmt: skip
                        case job.At(line):
                            self._line = line
                            continue
                    if outbox.full:
                        await self._wait_for_caller(outbox, allowance.result_total)
                    outbox.put(message)
        except ChannelClosed:
            raise await self._how_it_ended() from None
        except ProtocolViolation as error:
            _log.error("sandbox %d: %s", self._ready.sandbox.number, one_line(str(error)))
            raise Refusal(
                Reason.SANDBOX_DIED, "the sandbox broke its protocol and was killed"
            ) from None

    async def _hand_over(self, task: job.ToSandbox, arguments: Arguments) -> None:
        """Returns also where the sandbox has ended instead: what it has said is still to be read.

        Raises:
            Refusal: the caller's part is wrong.
        """
        channel = self._ready.sandbox.channel
        pieces = arguments.uploaded()
        with contextlib.suppress(ChannelClosed):
            await channel.send(task)
            for data in arguments.here:
                await channel.send_bytes(data)
            while True:
                async with self._callers_time("send arguments", arguments.size):
                    piece = await anext(pieces, None)
                if piece is None:
                    break
                await channel.send_bytes(piece)
            # What was waited for so far was no part of what a result may take.
            self._patience_used_s = 0.0

    async def _wait_for_caller(self, outbox: Outbox, result_bytes: int) -> None:
        """Where the technique is at its result, its own time stands still."""
        if not result_bytes:
            await outbox.room()
            return
        async with self._callers_time("take a result", result_bytes):
            await outbox.room()

    @contextlib.asynccontextmanager
    async def _callers_time(self, doing: str, size: int) -> AsyncIterator[None]:
        """The technique's time stands still, and the caller's runs."""
        deadline = self._clock.when()
        loop = asyncio.get_running_loop()
        started = loop.time()
        patience_s = _PATIENCE_S + size / _SLOWEST_BYTES_PER_S
        self._too_late = Refusal(
            Reason.TIMEOUT, f"the caller did not {doing} of {size} bytes within {patience_s:.0f} s"
        )
        self._reschedule(started + patience_s - self._patience_used_s)
        yield
        waited_s = loop.time() - started
        self._waited_s += waited_s
        self._patience_used_s += waited_s
        self._too_late = None
        if deadline is not None:
            self._reschedule(deadline + waited_s)

    def _out_of_time(self) -> Refusal:
        seconds = self._options.timeout_s
        return self._refusal_there(
            Reason.TIMEOUT, f"the technique ran longer than {seconds:g} s and was killed"
        )

    def _refusal_there(self, reason: Reason, text: str) -> Refusal:
        """Says where the technique was, if that is known."""
        if not 0 < self._line <= len(self._lines):
            return Refusal(reason, text)
        shown = one_line(self._lines[self._line - 1].strip(), _LINE_CHARACTERS)
        return Refusal(
            reason, f"{text}; when last seen it was at line {self._line}: {shown}", line=self._line
        )

    def _condemn(self, verdict: Refusal) -> None:
        """Ends the call now, whatever it waits for."""
        self._reschedule(asyncio.get_running_loop().time())
        self._verdict = verdict

    def _reschedule(self, when: float) -> None:
        """A clock that has run out, or was made to, stays so."""
        if self._verdict is None and not self._clock.expired():
            self._clock.reschedule(when)

    async def _watch_memory(self) -> None:
        """Catches what the address-space limit cannot: pages of the model copied on write."""
        try:
            asked = time.monotonic()
            while (grown := self._ready.memory.grown_bytes()) is not None:
                self.memory_peak_bytes = max(self.memory_peak_bytes, grown)
                if grown > self._options.memory_bytes:
                    self._condemn(
                        self._refusal_there(
                            Reason.MEMORY_LIMIT,
                            "out of memory: the call may add "
                            f"{self._options.memory_bytes} bytes to the loaded model; "
                            "use less, or raise the memory limit",
                        )
                    )
                    return
                took_s = time.monotonic() - asked
                await asyncio.sleep(max(_MEMORY_POLL_S, _MEMORY_REST * took_s))
                asked = time.monotonic()
            # What cannot be watched may not go on. What it has said already is still heard.
            await self._zygote.signal(self._ready.sandbox)
        except OSError as error:
            _log.error("sandbox %d: no watch of its memory: %s", self._ready.sandbox.number, error)
            self._condemn(
                Refusal(Reason.SANDBOX_DIED, "the sandbox's memory could not be watched any more")
            )
        except ZygoteDied:
            pass  # and the sandbox with it

    async def _how_it_ended(self) -> Refusal:
        if (name := self._ready.sandbox.forbidden) is not None:
            return Refusal(
                Reason.SANDBOX_DIED,
                f"the sandbox was killed: it tried the system call {name}, "
                "which the kernel wall forbids",
            )
        try:
            async with asyncio.timeout(_LAST_WORD_S):
                code = await asyncio.shield(self._ready.sandbox.ended)
        except ZygoteDied as error:
            took = self._zygote.loading_s
            known = "" if took is None else f", which took {took:.0f} s before; run the call again"
            text = f"{error} during the call; it is being started again{known}"
            return Refusal(Reason.MODEL_PROCESS_DIED, text)
        except TimeoutError:
            return Refusal(Reason.SANDBOX_DIED, "the sandbox closed its channel without an answer")
        return Refusal(Reason.SANDBOX_DIED, _describe(code))


def _describe(code: int) -> str:
    if code == -signal.SIGSYS:
        return "the sandbox was killed: it made a system call that the kernel wall forbids"
    if code == -signal.SIGKILL:
        return (
            "the sandbox was killed from outside (SIGKILL): by an operator, or by the kernel for "
            "lack of memory"
        )
    if code in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGFPE, -signal.SIGILL):
        name = signal.Signals(-code).name
        return f"native code crashed in the sandbox ({name}); deep recursion is the usual cause"
    if code == -signal.SIGXCPU:
        return "the sandbox used up its processor time"
    return f"the sandbox ended with {code} without an answer"
